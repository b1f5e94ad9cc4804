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
from sim.inputs.history import Break
from sim.inputs.ledger import Ledger
from sim.inputs.scenario import Scenario
from sim.inputs.scenario_file import LedgerChange
from sim.inputs.targets import read_reviews
from sim.inputs.year_path import YearPath
from sim.ledger.pipeline import LABELS
from sim.ledger.realise import Realised
from sim.ledger.summary import money_origin, never_begun, programme_times, waiting
from sim.model.names import value_text
from sim.plan.claims import plan_of
from sim.plan.findings import Finding, confirmed
from sim.plan.lint import RULES, lint
from sim.plan.probability import sentences
from sim.result.dataset import ensemble_dataset
from sim.result.posterior import Foreseen
from sim.simulate.opening import SENTENCES, Case
from sim.simulate.pipeline import Outcome
from sim.simulate.result import DrawCount, Foresight, LedgerResult, Result, Setting, Studies, call_of

_SINCE = 10
"""Years before the plan whose breaks a reader of its figures must know."""


def results_of(outcomes: Sequence[Outcome], studies: Mapping[str, Studies] | None = None) -> list[Result]:
    """The results of the scenarios of a call, in its order; `studies` are by scenario, for those that have any."""
    findings = {city: _findings(city) for city in {outcome.case.city for outcome in outcomes}}
    found = studies or {}
    return [
        result_of(outcome, order, findings[outcome.case.city], found.get(outcome.case.scenario.key, Studies()))
        for order, outcome in enumerate(outcomes)
    ]


def result_of(outcome: Outcome, order: int = 0, findings: tuple[Finding, ...] = (), studies: Studies = Studies()) -> Result:
    """The result of a run, with what lint finds in the plan and with studies."""
    case, city, source = outcome.case, outcome.case.city, outcome.provenance
    scenario, settings, ensemble = case.scenario, city.data.settings, outcome.ensemble
    series = dict.fromkeys((item.indicator, item.region) for item in city.data.history.data)
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
        ledger=None if case.realised is None else _ledger(outcome, case.realised),
        checks=tuple(city.checks),
        outline=city.outline,
        units=units_of_models(),
        members={dim: dict(names) for dim, names in city.labels.members.items()},
        inputs=_inputs(case),
        results=outcome.results,
        draws=None if ensemble is None else ensemble_dataset(ensemble, outcome.results, city.graph),
        scorecard=tuple(replace(score, target=replace(score.target, place=Place())) for score in outcome.scores),
        evaluation=tuple(replace(row, target=replace(row.target, place=Place())) for row in outcome.evaluated),
        comparisons=outcome.comparisons,
        settings=settings_of(case),
        foresight=tuple(_foresight(city, seen) for seen in outcome.foreseen),
        findings=findings,
        breaks=_breaks(city),
        published=tuple(datum for key in series for datum in city.data.history.series(*key).values()),
        studies=studies,
    )


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


def _ledger(outcome: Outcome, realised: Realised) -> LedgerResult:
    programmes = tuple(programme_times(realised, outcome.case.city.ledger))
    return LedgerResult(programmes, waiting(realised), ledger_sentences(outcome, realised))


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


def ledger_sentences(outcome: Outcome, realised: Realised) -> tuple[Text, ...]:
    """Sentences for the first page of a report."""
    money, works = _money(realised, outcome.case.city.ledger), _binding(realised)
    return (money, _shared(outcome, realised), *works, *_tighter_quota(outcome))


def _money(realised: Realised, ledger: Ledger) -> Text:
    """The planned investment, and the part that is begun in time, which the table of programmes adds up to."""
    money = money_origin(realised)
    total = money.printed + money.assumed
    begun = sum(row.money for row in programme_times(realised, ledger))
    sums = {"total": total, "begun": begun, "printed": money.printed, "untraced": money.untraced}
    return SENTENCES["ledger_money"].filled(
        money=money,
        named=money.printed_works + money.assumed_works,
        before=realised.plan.finished,
        unnamed=sum(not work.named and work.money is None for work in realised.plan.works),
        part=100.0 * money.printed / total if total else 0.0,
        sums=sums,
        billions={name: value / 10.0 for name, value in sums.items()},
    )


def _shared(outcome: Outcome, realised: Realised) -> Text:
    count = realised.count
    if outcome.ensemble is None:
        return SENTENCES["ledger_mean"].filled(count=count)
    pairs = [(share.standard_error, share.plain_error) for share in outcome.ensemble.shares.values()]
    wider = max((error / plain for error, plain in pairs), default=1.0)
    return SENTENCES["ledger_shared"].filled(count=count, each=outcome.ensemble.count / count, wider=wider)


def _binding(realised: Realised) -> list[Text]:
    """Name the resources that make projects wait, and the years."""
    years = realised.plan.axes.years[1:]
    found = []
    for name, values in waiting(realised).items():
        wait = [str(year) for year, value in zip(years, values, strict=True) if value >= LEAST_WAITING]
        if wait:
            span = f"{wait[0]}–{wait[-1]}" if len(wait) > 1 else wait[0]
            found.append(SENTENCES["ledger_short"].filled(label=LABELS[name], span=span, top=max(values)))
    stuck = never_begun(realised)
    return [*found, SENTENCES["ledger_stuck"].filled(stuck=stuck)] if stuck >= LEAST_WAITING else found


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
    return [SENTENCES["ledger_quota"].filled(years=listing(over))] if over else []
