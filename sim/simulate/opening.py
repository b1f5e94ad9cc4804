"""Open scenarios: files read, bound to their city and checked, with everything that a run must know before it begins.

A scenario's edits of the ledger, and what its levers and assumptions say is scarce, become works and limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sim.base.errors import Fault, Faults, InputError, Place, nearest
from sim.base.text import Text, joined, texts_of
from sim.city.city import City, open_city
from sim.engine.watch import fail_if_outside, watch_of
from sim.inputs.checked import fail_if_unknown
from sim.inputs.city import read_city_file
from sim.inputs.files import is_file
from sim.inputs.home import Home
from sim.inputs.ledger import Inflow, Ledger, LedgerLevers
from sim.inputs.ledger_table import PARAMETER
from sim.inputs.scenario import Scenario, plain_scenario, read_scenario
from sim.inputs.targets import changed_sentence
from sim.inputs.year_path import YearPath
from sim.ledger.edits import Edits, edits_of, finished_before, named_works
from sim.ledger.pipeline import Limit, Limits
from sim.ledger.random_effects import Scale
from sim.ledger.realise import USUAL_COUNT, Axes, LedgerPlan, Realised, realise
from sim.ledger.works import Work, arrivals
from sim.model.binding import BoundValues, bind, own_values
from sim.model.names import with_ids
from sim.plan.selection import Selection, known_scenario, selected_targets


def ledger_plan(scenario: Scenario, city: City, bound: BoundValues, last_year: int, faults: Faults) -> LedgerPlan | None:
    """The plan of a scenario; None when it builds nothing. Faults of its section `ledger` are added."""
    ledger = city.ledger
    edits_of(scenario.dormant_ledger, ledger, faults)
    if (scenario.ledger or _signs_any(ledger, bound)) and ledger.settings is None:
        where = scenario.ledger[0].place() if scenario.ledger else Place(scenario.file)
        faults.add(Text("此模型没有项目台账", "this model has no project ledger"), where)
    edits = edits_of(scenario.ledger, ledger, faults)
    _fail_if_idle(scenario, edits, city, bound, faults)
    if faults.found or ledger.settings is None or (edits.is_empty and not _signs_any(ledger, bound)):
        return None
    base, years = city.data.settings.base_year, range(city.data.settings.base_year, last_year + 1)
    named = named_works(ledger, edits, base, ledger.settings)
    unnamed = [work for item in ledger.inflows.values() for work in _of_inflow(item, ledger, bound, edits, years[1:])]
    printed = named_works(ledger, Edits(use=edits.use), base, ledger.settings)
    everything = Edits(use=frozenset(project.id for project in ledger.spending))
    names, levers = ledger.names, ledger.settings.levers
    return LedgerPlan(
        works=tuple(_cared_for(work, bound.values[levers.fulfilment]) for work in (*named, *unnamed)),
        printed=tuple(printed),
        whole=tuple(named_works(ledger, everything, city.data.first_year, ledger.settings)),
        settings=ledger.settings,
        scale=_scale(city, bound, levers),
        limits=_limits(bound, levers, years[1:], names.districts),
        usual_limits=_limits(own_values(city.data), levers, years[1:], names.districts),
        axes=Axes(years, names.districts, names.branches, names.kinds),
        finished=finished_before(edits, named),
    )


def _fail_if_idle(scenario: Scenario, edits: Edits, city: City, bound: BoundValues, faults: Faults) -> None:
    """Add a fault for whatever a scenario says of projects that does nothing."""
    ledger, base = city.ledger, city.data.settings.base_year
    if scenario.ledger and edits.is_empty and edits.changes_any:
        advice = Text("写 use: [all]，或列出要建的项目", "write use: [all], or the projects that are built")
        message = Text("没有启用任何项目，改动不起作用", "no project is built: the changes do nothing")
        faults.add(message, scenario.ledger[-1].place(), advice)
    for name, project in edits.added.items():
        if project.end is not None and project.end <= base:
            message = Text(
                f"{name} 在基年 {base} 以前完工，不会建设", f"{name} ends by the base year {base}: it is never built"
            )
            faults.add(message, project.place)
    for item in bound.resolved:
        name = item.name.removeprefix(PARAMETER)
        if item.name.startswith(PARAMETER) and name not in ledger.inflows:
            message = Text(f"本市没有 {name} 的分布（arrivals.csv）", f"this city has no places for {name} (arrivals.csv)")
            faults.add(message, item.place)


def _signs_any(ledger: Ledger, bound: BoundValues) -> bool:
    return any(array.any() for name in ledger.inflows for array in bound.values[PARAMETER + name].everything())


def _of_inflow(inflow: Inflow, ledger: Ledger, bound: BoundValues, edits: Edits, years: range) -> list[Work]:
    """Return what is signed beyond the usual, less what the scenario itself adds by name in that class."""
    name = inflow.project_class
    path = bound.values[PARAMETER + name]
    added = [project.start for project in edits.added.values() if project.project_class == name and project.start]
    named = {year: added.count(year) for year in set(added)}
    return list(arrivals(inflow, ledger.classes[name], lambda year: _number(path, year), named, years))


def _cared_for(work: Work, care: YearPath) -> Work:
    """Return a project of a firm with its chance to be built, which depends on the care that a bureau takes of it."""
    if not work.business:
        return work
    return replace(work, fulfilment=_number(care, int(work.begin)))


def _scale(city: City, bound: BoundValues, levers: LedgerLevers) -> Scale:
    """Investment of the plan's base year, whatever the base year of the run: what is not printed costs the same in both."""
    own, data = city.data.first_year, city.data
    first, last = data.settings.plan_span(own)
    values = bound.values if data.settings.base_year == own else own_values(open_city(city.home, data.key).data).values
    return Scale(_number(values[levers.investment], own), first, last)


def _limits(bound: BoundValues, levers: LedgerLevers, years: range, districts: tuple[str, ...]) -> Limits:
    def limit(name: str, *, returned: bool) -> Limit:
        return Limit({year: _number(bound.values[name], year) for year in years}, returned)

    land = {year: bound.values[levers.land].at(year) for year in years}
    return Limits(
        start=float(years.start),
        construction=limit(levers.construction, returned=True),
        public_funds=limit(levers.public_funds, returned=True),
        grid=limit(levers.grid, returned=False),
        land={name: Limit({year: float(land[year][place]) for year in years}, False) for place, name in enumerate(districts)},
        approval={year: _number(bound.values[levers.approval], year) for year in years},
    )


def _number(path: YearPath, year: int) -> float:
    return float(np.sum(path.at(year)))


def with_means(bound: BoundValues, realised: Realised) -> BoundValues:
    """Return the values of a run with the mean flows of the ledger, which the central run reads."""
    means = {name: realised.mean(name) for name in realised.flows}
    paths = {name: YearPath(values[0], tuple(realised.plan.axes.years), tuple(values)) for name, values in means.items()}
    return replace(bound, values={**bound.values, **paths})


SENTENCES = texts_of(Path(__file__).with_name("sentences.toml"))
"""Longer sentences on a run, by what they are about."""


@dataclass(frozen=True)
class Case:
    """A scenario bound to its city: ready to run."""

    scenario: Scenario
    city: City
    bound: BoundValues
    selection: Selection
    last_year: int
    plan: LedgerPlan | None = None
    realised: Realised | None = None

    @property
    def base_year(self) -> int:
        """The year before the first that is simulated."""
        return self.city.data.settings.base_year


def prepare(scenario: Scenario, city: City) -> Case:
    """Bind a scenario to its city.

    Raises
    ------
    InputError
        with every fault of the scenario.
    """
    faults = Faults()
    scenario = with_ids(scenario, city.names, faults)
    last_year = city.data.settings.last_year if scenario.last_year is None else scenario.last_year
    first = city.data.settings.base_year + 1
    if not first <= last_year <= city.data.settings.last_year:
        span = f"{first}–{city.data.settings.last_year}"
        message = Text(f"末年 {last_year} 超出 {span}", f"the last year {last_year} lies outside {span}")
        faults.add(message, Place(scenario.file, key="last_year"))
        last_year = city.data.settings.last_year
    selection, bound = Selection((), ()), None
    with faults.gathering():
        selection = selected_targets(scenario, city.catalogue, city.data.key)
    _fail_if_sources_unknown(scenario, city, faults)
    scenario, unknown = known_scenario(scenario, city.catalogue, city.ledger, city.as_of, faults)
    with faults.gathering():
        bound = bind(scenario, city.data, city.graph, city.names)
    plan = None
    if bound is None:
        edits_of(scenario.ledger, city.ledger, faults)
    else:
        fail_if_outside(bound, city.identities, faults)
        plan = ledger_plan(scenario, city, bound, last_year, faults)
    faults.raise_if_any()
    if bound is None:
        raise AssertionError("a binding failed without a fault")
    standing = () if city.as_of is None else (SENTENCES["as_of"].filled(year=city.as_of),)
    documents = {target.document for target in selection.targets}
    changed = [changed_sentence(item) for item in city.catalogue.changed if item.file.name in documents]
    remarks = (*standing, *selection.remarks, *changed, *unknown, *_unchecked(city, bound))
    return Case(scenario, city, bound, replace(selection, remarks=remarks), last_year, plan)


def _unchecked(city: City, bound: BoundValues) -> Iterator[Text]:
    """Identities that cannot hold, since the scenario gives one of their variables."""
    skipped = [item.label for item in watch_of(city.identities, city.graph, bound.given).skipped]
    if skipped:
        yield Text("情景给定了变量，下列恒等式不检查：", "The scenario gives variables; not checked: ") + joined(
            skipped, Text("、", ", ")
        )


def with_projects(case: Case, count: int = USUAL_COUNT) -> Case:
    """The case with the realisations of its ledger, whose means its central run reads; as it is when it builds nothing."""
    if case.plan is None or case.realised is not None:
        return case
    realised = realise(case.plan, count)
    return replace(case, realised=realised, bound=with_means(case.bound, realised))


def seeded(case: Case, seed: int) -> Case:
    """The case with another seed for the realisations of its ledger."""
    return case if case.plan is None else replace(case, plan=replace(case.plan, seed=seed))


def beside(case: Case, scenario: Scenario) -> Case:
    """Another scenario of the same city, its ledger realised with the same seed."""
    made = prepare(scenario, case.city)
    return made if case.plan is None else seeded(made, case.plan.seed)


def _fail_if_sources_unknown(scenario: Scenario, city: City, faults: Faults) -> None:
    known = {*city.catalogue.targets, *city.ledger.projects}
    message = Text("from 所写的 {} 不是目标或项目的编号", "from names {}, which is no target and no project")
    for change in scenario.changes:
        fail_if_unknown(change.sources, known, message, change.place, faults)


def open_cases(
    home: Home,
    files: Iterable[Path],
    city: str | None,
    use: tuple[str, ...],
    settings: tuple[tuple[str, str], ...],
    as_of: int | None = None,
) -> list[Case]:
    """Read and bind several scenarios, reading each city once; all faults of all files at once.

    With `as_of`, data, priors, documents and changes are those known when the bulletin of that year was out.
    A `city` takes the place of the one that a file names. A path that is the bare name of a city, as `find_scenario` gives it,
    stands for the city's own baseline.

    Raises
    ------
    InputError
        with every fault.
    """
    faults, cities, cases = Faults(), dict[tuple[str, int | None], City](), list[Case]()
    for file in files:
        of_file = Faults()
        with of_file.gathering(InputError):
            scenario = _scenario_at(file, home, city, use, settings, of_file)
            scenario = replace(scenario, city=home.city_key(scenario.city))
            _fail_if_no_city(scenario, home)
            _fail_if_base_year_undeclared(scenario, home)
            key = (scenario.city, scenario.base_year)
            if key not in cities:
                cities[key] = open_city(home, *key, as_of=as_of)
            cases.append(_prepared(scenario, cities[key]))
        faults.found.extend(of_file.found)
    faults.raise_if_any()
    return cases


def _fail_if_base_year_undeclared(scenario: Scenario, home: Home) -> None:
    """A scenario starts from a base year that the city declares: of others nobody has said that its figures carry them."""
    if scenario.base_year is None:
        return
    settings = read_city_file(home.city_folder(scenario.city))
    declared = [str(year) for year in settings.declared_base_years]
    if str(scenario.base_year) in declared:
        return
    zh = f"{scenario.base_year} 年不是{settings.name.zh}声明的基年，可用的基年：{'、'.join(declared)}"
    en = f"{scenario.base_year} is no base year that {settings.name.en} declares; declared: {', '.join(declared)}"
    advice = Text(
        f"改用其中一个；该年统计齐全的，可写入 models/{scenario.city}/city.yaml 的 base_years",
        f"use one of these, or add it to base_years in models/{scenario.city}/city.yaml where the city's figures carry it",
    )
    raise InputError(Fault(Text(zh, en), scenario.base_year_place, advice))


def _scenario_at(
    file: Path,
    home: Home,
    city: str | None,
    use: tuple[str, ...],
    settings: tuple[tuple[str, str], ...],
    faults: Faults,
) -> Scenario:
    name, city = str(file), None if city is None else home.city_key(city)
    if name not in home.cities() or is_file(file):
        return read_scenario(file, use, settings, faults, home.scenarios, city)
    if city not in {None, name}:
        message = Text(f"{name} 是另一城市的基准情景", f"{name} is the baseline of another city")
        raise InputError(Fault(message, Place(key="--city"), Text(f"请写 {city}", f"write {city}")))
    for layer in use:
        faults.add(Text(f"没有名为 {layer} 的 overrides", f"no overrides named {layer}"), Place(key="--use"))
    return plain_scenario(name, read_city_file(home.city_folder(name)).name, settings)


def _prepared(scenario: Scenario, city: City) -> Case:
    """The case; of a scenario that was written for another city, the faults begin with that."""
    try:
        return prepare(scenario, city)
    except InputError as error:
        if scenario.written_for in {None, scenario.city}:
            raise
        message = Text(
            f"情景为 {scenario.written_for} 写成，以下内容 {scenario.city} 没有",
            f"the scenario was written for {scenario.written_for}, and {scenario.city} lacks what follows",
        )
        own = f"python -m sim run {scenario.city}"
        advice = Text(f"该市自己的基准情景：{own}", f"the city's own baseline: {own}")
        raise InputError([Fault(message, Place(scenario.file, key="city"), advice), *error.faults]) from error


def _fail_if_no_city(scenario: Scenario, home: Home) -> None:
    if scenario.city not in home.cities():
        message, place = Text(f"没有城市 {scenario.city}", f"no city {scenario.city}"), Place(scenario.file, key="city")
        labels = home.city_labels()
        raise InputError(Fault(message, place, nearest(scenario.city, labels, labels)))
