"""Open scenarios: files read, bound to their city and checked, with everything that a run must know before it begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from sim.base.errors import Fault, Faults, InputError, Place, nearest
from sim.base.text import Text, joined
from sim.city.city import City, open_city
from sim.engine.watch import fail_if_outside, watch_of
from sim.inputs.city import read_city_file
from sim.inputs.files import is_file
from sim.inputs.home import Home
from sim.inputs.scenario import Scenario, plain_scenario, read_scenario
from sim.inputs.targets import changed_sentence
from sim.ledger.edits import edits_of
from sim.ledger.realise import USUAL_COUNT, LedgerPlan, Realised, realise
from sim.model.binding import BoundValues, bind
from sim.model.names import with_ids
from sim.plan.selection import Selection, known_scenario, selected_targets
from sim.simulate.projects import ledger_plan, with_means


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
        selection = _with_warnings(selected_targets(scenario, city.catalogue, city.data.key), city)
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
    remarks = (*_standing_in(city), *selection.remarks, *unknown, *_unchecked(city, bound))
    return Case(scenario, city, bound, replace(selection, remarks=remarks), last_year, plan)


def _standing_in(city: City) -> Iterator[Text]:
    """The year in which a run stands that knows nothing later."""
    year = city.as_of
    if year is not None:
        yield Text(
            f"站在 {year} 年：数据、先验、文件和措施只用 {year} 年统计公报发布时已知的。",
            f"As of {year}: data, priors, documents and measures are those known when the bulletin of {year} was out.",
        )


def _unchecked(city: City, bound: BoundValues) -> Iterator[Text]:
    """Identities that cannot hold, since the scenario gives one of their variables."""
    skipped = [item.label for item in watch_of(city.identities, city.graph, bound.given).skipped]
    if skipped:
        yield Text("情景给定了变量，下列恒等式不检查：", "The scenario gives variables; not checked: ") + joined(
            skipped, Text("、", ", ")
        )


def _with_warnings(selection: Selection, city: City) -> Selection:
    """Add what must be said of targets whose documents are no longer the text that they were taken from."""
    files = {target.document for target in selection.targets}
    changed = [item for item in city.catalogue.changed if item.file.name in files]
    return replace(selection, remarks=(*selection.remarks, *(changed_sentence(item) for item in changed)))


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
    for change in scenario.changes:
        for source in change.sources:
            if source not in known:
                message = Text(
                    f"from 所写的 {source} 不是目标或项目的编号", f"from names {source}, which is no target and no project"
                )
                faults.add(message, change.place, nearest(source, known))


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
