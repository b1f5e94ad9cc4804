"""From the outcome of a run to its result: settings in words, the draws summed up, their origins, and the project ledger.

Of the ledger it is said whose money is printed, what draws share, what binds, and where quotas differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from sim.base import __version__
from sim.base.cache import program_key
from sim.base.errors import Place
from sim.base.text import Text, joined, listing
from sim.base.units import units_of_models
from sim.city.city import City
from sim.inputs.history import Break, Datum, History
from sim.inputs.ledger import Ledger
from sim.inputs.scenario import Scenario
from sim.inputs.scenario_file import LedgerChange
from sim.inputs.targets import read_reviews
from sim.inputs.year_path import YearPath
from sim.ledger.limits import LABELS
from sim.ledger.realise import Realised
from sim.ledger.summary import money_origin, never_begun, programme_times, waiting
from sim.model.names import value_text
from sim.plan.claims import plan_of
from sim.plan.findings import Finding, confirmed
from sim.plan.lint import RULES, lint
from sim.plan.probability import sentences
from sim.result.dataset import ensemble_dataset
from sim.result.posterior import Foreseen
from sim.simulate.opening import Case
from sim.simulate.pipeline import Outcome
from sim.simulate.result import DrawCount, Foresight, LedgerResult, Result, Setting, Studies, call_of

_SINCE = 10
"""Years before the plan whose breaks a reader of its figures must know."""


def results_of(outcomes: Sequence[Outcome], studies: Mapping[str, Studies] | None = None) -> list[Result]:
    """The results of the scenarios of a call, in its order; `studies` are by scenario, for those that have any."""
    cities = {id(outcome.case.city): outcome.case.city for outcome in outcomes}
    findings = {key: _findings(city) for key, city in cities.items()}
    found = studies or {}
    return [
        replace(
            result_of(outcome, order),
            findings=findings[id(outcome.case.city)],
            studies=found.get(outcome.case.scenario.key, Studies()),
        )
        for order, outcome in enumerate(outcomes)
    ]


def result_of(outcome: Outcome, order: int = 0) -> Result:
    """The result of a run, but for what lint finds in the plan and for studies."""
    case, city, source = outcome.case, outcome.case.city, outcome.provenance
    scenario, settings, ensemble = case.scenario, city.data.settings, outcome.ensemble
    return Result(
        scenario=scenario.key,
        name=scenario.name,
        description=scenario.description,
        city=city.data.key,
        city_name=settings.name,
        base_year=settings.base_year,
        last_year=case.last_year,
        known_to=city.known_to,
        as_of=city.as_of,
        method=scenario.method,
        steps_per_year=scenario.steps_per_year,
        call=call_of(outcome, order),
        digest=source.digest,
        home=city.home.origin.en,
        simulator=__version__,
        engine=program_key(),
        versions=source.versions,
        input_hashes=source.inputs,
        document_hashes={name: item.found for name, item in city.catalogue.documents.items()},
        remarks=tuple(case.selection.remarks),
        step_error=outcome.step_error,
        sampling=None if ensemble is None else DrawCount.of(ensemble),
        draw_sentences=_draw_sentences(outcome),
        ledger=_ledger(outcome),
        checks=tuple(city.checks),
        outline=city.outline,
        units=units_of_models(),
        members={dim: dict(names) for dim, names in city.labels.members.items()},
        inputs=_inputs(case),
        results=outcome.results,
        draws=None if ensemble is None else ensemble_dataset(ensemble, outcome.results, city.graph),
        scorecard=tuple(replace(score, target=replace(score.target, place=Place())) for score in outcome.scores),
        evaluation=tuple(replace(row, target=replace(row.target, place=Place())) for row in outcome.evaluated),
        comparisons=tuple(outcome.comparisons),
        settings=settings_of(case),
        foresight=tuple(_foresight(city, seen) for seen in outcome.foreseen),
        findings=(),
        breaks=_breaks(city),
        published=tuple(_best(city.data.history)),
    )


def _best(history: History) -> Iterator[Datum]:
    """The best-ranked datum of each indicator, region and year."""
    for indicator, region in dict.fromkeys((item.indicator, item.region) for item in history.data):
        yield from history.series(indicator, region).values()


def _breaks(city: City) -> tuple[Break, ...]:
    first, _ = city.data.settings.plan_span(city.data.settings.base_year)
    late = (item for item in city.data.history.breaks if max(item.years) >= first - _SINCE)
    return tuple(replace(item, place=Place()) for item in late)


def _findings(city: City) -> tuple[Finding, ...]:
    """Return what lint found in the plan of a city, but for what a reviewer did not confirm."""
    catalogue = city.catalogue
    if not catalogue.targets:
        return ()
    reviews = read_reviews(catalogue.file.with_name("reviews.yaml"), RULES, catalogue.printed)
    return confirmed(lint(plan_of(city.data, catalogue, city.as_of)), reviews)


def _draw_sentences(outcome: Outcome) -> tuple[Text, ...]:
    """Return what is said of the draws; without any, why there are none."""
    if outcome.ensemble is None:
        return () if outcome.drawn_from is None else (outcome.drawn_from,)
    return tuple(sentences(outcome.ensemble, outcome.drawn_from or Text("", "")))


def _ledger(outcome: Outcome) -> LedgerResult | None:
    realised = outcome.case.realised
    if realised is None:
        return None
    programmes = tuple(programme_times(realised, outcome.case.city.ledger))
    return LedgerResult(programmes, waiting(realised), ledger_sentences(outcome))


def settings_of(case: Case) -> tuple[Setting, ...]:
    """Return everything that a scenario sets, in words: parameters first, then projects."""
    known: dict[str, Text] = {key: target.name for key, target in case.city.catalogue.targets.items()}
    known |= {key: project.name for key, project in case.city.ledger.projects.items()}
    parameters = (
        Setting(
            name=item.name,
            label=item.label,
            section=item.section,
            unit=item.unit,
            before=_in_words(case, item.name, item.before),
            after=_in_words(case, item.name, item.after),
            origin=item.origin,
            sources=", ".join(item.sources),
            note=item.note,
            named_sources=joined([known[source] for source in item.sources if source in known], Text("；", "; ")),
        )
        for item in case.bound.resolved
    )
    return (*parameters, *ledger_settings(case.scenario, case.city.ledger))


def _in_words(case: Case, name: str, path: YearPath | None) -> Text:
    graph = case.city.graph
    return value_text(path, [graph.dimensions[dim] for dim in graph.dims_of(name)], case.city.labels)


def _foresight(city: City, seen: Foreseen) -> Foresight:
    target, binding = city.catalogue.targets[seen.target], city.catalogue.bindings[seen.target]
    published = city.data.history.series(binding.history or "", binding.region or target.region).get(target.year or 0)
    outcome = None if published is None else published.in_unit(target.unit)
    return Foresight(seen, target.name, target.unit, target.year or seen.as_of, outcome)


def _inputs(case: Case) -> xr.Dataset:
    """All exogenous values of a run: constants as they are, paths by calendar year."""
    graph, city = case.city.graph, case.city.data
    years = list(range(city.settings.base_year, case.last_year + 1))
    arrays: dict[str, Any] = {}
    for name, path in case.bound.values.items():
        dims, attributes = graph.dims_of(name), {"units": graph.unit_of(name)}
        record = city.parameters.get(name)
        if record is not None:
            attributes |= {"long_name": record.label.en, "long_name_zh": record.label.zh, "kind": record.kind}
            said = _in_words(case, name, path)
            attributes |= {"source": record.source, "evidence": record.evidence, "value": said.en, "value_zh": said.zh}
        if path.is_constant:
            arrays[name] = (dims, path.before, attributes)
        else:
            arrays[name] = ((*dims, "year"), np.stack([path.at(year) for year in years], axis=-1), attributes)
    used = {dim for item in arrays.values() for dim in item[0]}
    coordinates = {dim: list(graph.dimensions[dim].members) for dim in graph.dimensions if dim in used}
    return xr.Dataset(arrays, coords={**coordinates, "year": years})


LEAST_WAITING = 0.5
"""Fewer waiting projects than this in every year are not worth a sentence."""


def ledger_settings(scenario: Scenario, ledger: Ledger) -> list[Setting]:
    """Return what the layers of a scenario say of projects, in their order."""
    return [row for change in scenario.ledger for row in _of_layer(change, ledger)]


def _of_layer(change: LedgerChange, ledger: Ledger) -> Iterator[Setting]:
    section = change.section

    def setting(key: str, name: Text, before: Text, after: Text) -> Setting:
        return Setting(f"ledger.{key}", name, "ledger", "", before, after, change.origin, "", section.note)

    for part in ("use", "cancel", "restore"):
        for word in getattr(section, part) or ():
            yield setting(part, _name(word, ledger), _BEFORE[part], _AFTER[part])
    for part in ("delay", "accelerate", "priority"):
        for word, value in getattr(section, part).items():
            after = Text(f"{value:g}", f"{value:g}") if part == "priority" else Text(f"{value:g} 年", f"{value:g} years")
            yield setting(f"{part}.{word}", _name(word, ledger), _BEFORE[part], after)
    for name, item in section.add.items():
        amount = Text("金额按类别抽取", "amount of its class")
        if item.amount is not None:
            amount = Text(f"{item.amount:g} 亿元", f"CNY {item.amount:g} x 100m")
        yield setting(f"add.{name}", item.label, Text("无", "none"), amount)


_NOT, _AS_PRINTED = Text("不建", "not built"), Text("按文件", "as printed")
_BEFORE = {
    "use": _NOT,
    "cancel": _AS_PRINTED,
    "restore": _NOT,
    "delay": _AS_PRINTED,
    "accelerate": _AS_PRINTED,
    "priority": Text("1", "1"),
}
_AFTER = {"use": Text("建设", "built"), "cancel": _NOT, "restore": _AS_PRINTED}


def _name(word: str, ledger: Ledger) -> Text:
    """A project's, programme's or class's own name; other words, such as region:yanfeng, stand for themselves."""
    of_class = ledger.classes.get(word.removeprefix("class:")) if word.startswith("class:") else None
    if of_class is not None:
        return Text(f"{of_class.label.zh}类项目", f"projects of the class {of_class.label.en}")
    if word == "all":
        return Text("台账全部项目", "the whole ledger")
    return ledger.projects[word].name if word in ledger.projects else ledger.programmes.get(word, Text(word, word))


def ledger_sentences(outcome: Outcome) -> tuple[Text, ...]:
    """Sentences for the first page of a report; none where no project is built."""
    realised = outcome.case.realised
    if realised is None:
        return ()
    return (
        _money(realised, outcome.case.city.ledger),
        _shared(outcome, realised),
        *_binding(realised),
        *_tighter_quota(outcome),
    )


def _money(realised: Realised, ledger: Ledger) -> Text:
    """The planned investment, and the part that is begun in time, which the table of programmes adds up to."""
    money = money_origin(realised)
    begun = sum(row.money for row in programme_times(realised, ledger))
    total = money.printed + money.assumed
    part = 100.0 * money.printed / total if total else 0.0
    unnamed = sum(not work.named and work.money is None for work in realised.plan.works)
    named = money.printed_works + money.assumed_works
    before = realised.plan.finished
    return Text(
        f"项目台账：{named} 个写明名称的项目（另有 {before} 个在基年以前已完工，不再计入），计划投资合计约 {total:,.0f} 亿元，"
        f"推演期内开工的 {begun:,.0f} 亿元；"
        f"计划投资中公布（或情景写明）金额的 {money.printed_works} 个、在本市 {money.printed:,.0f} 亿元"
        f"（{part:.0f}%，含按公布总额拆分的分项，未计超支；其中 {money.untraced_works} 个、{money.untraced:,.0f} 亿元"
        f"只见于转载，追溯不到发布者），"
        f"其余 {money.assumed_works} 个按类别先验抽取并折算；另有尚无名称的招商项目 {unnamed} 个。",
        f"Project ledger: {named} named projects ({before} more were finished by the base year and are left out) with a whole "
        f"planned investment of about CNY {total / 10.0:,.1f} billion, mean of the realisations, of which "
        f"{begun / 10.0:,.1f} billion are begun within the run; amounts of "
        f"{money.printed_works} of them, CNY {money.printed / 10.0:,.1f} billion ({part:.0f} %), are published or stated by "
        f"the scenario (some as a part of a published sum, and before any overrun; {money.untraced_works} of them, "
        f"CNY {money.untraced / 10.0:,.1f} billion, stand in copies that no publisher is known of), those of the other "
        f"{money.assumed_works} are drawn from priors of their class and scaled; {unnamed} signed projects have no name yet.",
    )


def _shared(outcome: Outcome, realised: Realised) -> Text:
    count = realised.count
    if outcome.ensemble is None:
        return Text(
            f"中心情景取 {count} 次台账实现的平均；工期、落地、金额均为随机。",
            f"The central run takes the mean of {count} realisations of the ledger; lengths, drop-outs and amounts are random.",
        )
    each = outcome.ensemble.count / count
    pairs = [(share.standard_error, share.plain_error) for share in outcome.ensemble.shares.values()]
    wider = max((error / plain for error, plain in pairs), default=1.0)
    return Text(
        f"{count} 次台账实现由各次抽样轮流使用，约每 {each:.0f} 次抽样共用一次；"
        f"概率的误差已按实现分组计算，最多为独立抽样的 {wider:.1f} 倍。",
        f"{count} realisations of the ledger are taken in turn, about {each:.0f} draws sharing one; errors of probabilities "
        f"are counted from realisation to realisation, at most {wider:.1f} times those of independent draws.",
    )


def _binding(realised: Realised) -> list[Text]:
    """Name the resources that make projects wait, and the years."""
    years = realised.plan.axes.years[1:]
    found = []
    for name, values in waiting(realised).items():
        wait = [str(year) for year, value in zip(years, values, strict=True) if value >= LEAST_WAITING]
        if wait:
            label, top = LABELS[name], max(values)
            span = f"{wait[0]}–{wait[-1]}" if len(wait) > 1 else wait[0]
            found.append(
                Text(
                    f"{label.zh}不足：{span} 年有项目排队，最多时平均 {top:.1f} 个。",
                    f"Short of {label.en}: projects wait in {span}, {top:.1f} on average at the most.",
                )
            )
    stuck = never_begun(realised)
    if stuck >= LEAST_WAITING:
        found.append(
            Text(
                f"到末年仍未开工的项目平均 {stuck:.1f} 个。",
                f"{stuck:.1f} projects on average have not begun by the last year.",
            )
        )
    return found


def _tighter_quota(outcome: Outcome) -> list[Text]:
    """Years in which the model's own budget for public works is smaller than what the ledger spends of local money."""
    results, settings = outcome.results, outcome.case.city.ledger.settings
    budget = None if settings is None else settings.budget
    if budget is None:
        return []
    spend = results[budget.spend].sum("region")
    values = outcome.case.bound.values[budget.local_share].before
    share = xr.DataArray(values, dims=("kind",), coords={"kind": spend["kind"]})
    local = (spend * share).sum("kind")
    allowed = results[budget.allowed].sum("region")
    over = [str(int(year)) for year in results["year"].values[1:] if float((local - allowed).sel(year=year)) > 0.0]
    if not over:
        return []
    years = listing(over)
    return [
        Text(
            f"台账的地方出资超过模型自身的公共投资额度：{years.zh} 年；台账不因此减速，应核对资金安排。",
            f"The ledger spends more local money than the model's own public investment allows in {years.en}; it is not slowed "
            "by that, and the funding should be checked.",
        )
    ]
