"""What the lever of each system does: the central run with a stated change beside the same without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.base.arrays import Values
from sim.base.errors import Faults, nearest
from sim.base.text import Text
from sim.city.city import World
from sim.engine.assembly import KernelRequest
from sim.engine.central import central_run
from sim.engine.integrate import Clock
from sim.engine.kernel import kernel_for
from sim.inputs.scenario import Fragment, plain_scenario
from sim.inputs.targets import METRICS, PlanSystem, SystemNames, read_systems
from sim.simulate.opening import Case, prepare, with_projects

YEARS = (2025, 2035)
NOMINAL = 1e-4
"""A relative effect below this on every measure is called nominal."""
CITY: Mapping[str, str] = {
    "gdp": "gdp_real",
    "manufacturing_share": "manufacturing_share",
    "four_above_firms": "four_above_firms",
    "market_entities": "market_entities",
    "hightech_firms": "hightech_firms",
    "residents": "residents",
}
DISTRICT: Mapping[str, str] = {
    "gdp": "district_gdp_real",
    "manufacturing_share": "district_manufacturing_share",
    "four_above_firms": "district_above_scale_firms",
    "market_entities": "district_market_entities",
    "hightech_firms": "district_hightech_firms",
    "residents": "district_residents",
}


@dataclass(frozen=True)
class SystemView:
    """A system as it is shown; effects by measure, one number per year of `years`, as parts of one."""

    key: str
    name: Text
    mechanism: Text
    documents: Sequence[str]
    variables: Sequence[str]
    levers: Sequence[str]
    targets: Sequence[str]
    projects: Sequence[str]
    change: Fragment
    context: Fragment
    evidence: str
    expected: Mapping[str, str]
    because: Text
    surprises: Mapping[str, Text]
    years: Sequence[int]
    city: Mapping[str, Sequence[float]]
    place: Text | None
    district: Mapping[str, Sequence[float]]
    nominal: bool


@dataclass(frozen=True)
class SystemRow:
    """A system with its effects: relative changes by measure and year, of the city and, where it has one, of its district."""

    system: PlanSystem
    documents: tuple[str, ...]
    projects: tuple[str, ...]
    city: Mapping[str, tuple[float, ...]]
    district: Mapping[str, tuple[float, ...]]

    @property
    def is_nominal(self) -> bool:
        """Whether no measure moves by as much as 0.01 %."""
        found = [abs(value) for part in (self.city, self.district) for values in part.values() for value in values]
        return max(found) < NOMINAL


def systems_of(world: World) -> tuple[PlanSystem, ...]:
    """The systems of a city's plan, checked against its model.

    Raises
    ------
    InputError
        with every fault of systems.yaml.
    """
    graph = world.graph
    known = SystemNames(graph.quantities, graph.parameters, world.catalogue.targets, world.ledger.names.districts)
    systems = read_systems(world.city.folder / "plan" / "systems.yaml", known)
    _fail_if_unplaced(world, [system.key for system in systems])
    return systems


def _fail_if_unplaced(world: World, keys: Sequence[str]) -> None:
    """Every row of the ledger belongs to a system."""
    faults = Faults()
    for project in world.ledger.projects.values():
        if keys and project.system not in keys:
            message = Text(
                f"{project.id} 的 system 未知：“{project.system}”", f"{project.id}: unknown system '{project.system}'"
            )
            faults.add(message, project.place, nearest(project.system, keys))
    faults.raise_if_any()


def system_rows(world: World) -> list[SystemRow]:
    """A row per system with what its lever does."""
    systems = systems_of(world)
    cases = {system.key: _cases(system, world) for system in systems}
    yearly = frozenset().union(*(case.bound.yearly for pair in cases.values() for case in pair))
    done: dict[str, Mapping[str, Values]] = {}

    def results(case: Case) -> Mapping[str, Values]:
        key = repr((case.scenario.changes, case.scenario.ledger))
        if key not in done:
            done[key] = _run(case, yearly)
        return done[key]

    return [_row(system, world, *(results(case) for case in cases[system.key])) for system in systems]


def _cases(system: PlanSystem, world: World) -> tuple[Case, Case]:
    """Without and with the change."""
    return tuple(_case(parts, world) for parts in ((system.context,), (system.context, system.change)))  # type: ignore[return-value]


def _case(parts: tuple[Fragment, ...], world: World) -> Case:
    plain = plain_scenario(world.city.key, world.city.settings.name)
    changes = tuple(change for part in parts for change in part.changes)
    ledger = tuple(change for part in parts for change in part.ledger)
    faults, case = Faults(), None
    with faults.gathering():
        case = prepare(replace(plain, changes=changes, ledger=ledger), world)
    faults.raise_if_any()
    if case is None:
        raise AssertionError("a case failed without a fault")
    return with_projects(case)


def _run(case: Case, yearly: frozenset[str]) -> Mapping[str, Values]:
    """The measured outputs of the years that are shown: [year, dims...]."""
    graph = case.world.graph
    outputs = tuple(dict.fromkeys((*CITY.values(), *DISTRICT.values())))
    kernel = kernel_for(graph, KernelRequest(outputs, frozenset(), yearly))
    clock = Clock(case.world.city.settings.base_year + 1, case.last_year)
    rows = [row.values for row in central_run(kernel, clock, case.bound) if row.year in YEARS]
    return {name: np.stack([row[name][..., 0] for row in rows]) for name in outputs}


def _row(system: PlanSystem, world: World, before: Mapping[str, Values], after: Mapping[str, Values]) -> SystemRow:
    members = world.graph.dimensions["district"].members if "district" in world.graph.dimensions else ()
    place = None if system.record.district is None else members.index(system.record.district)
    targets = [world.catalogue.targets[name] for name in system.record.targets]
    rows = [project for project in world.ledger.projects.values() if project.system == system.key]
    documents = {target.document for target in targets} | {project.document for project in rows}
    return SystemRow(
        system=system,
        documents=tuple(sorted(documents)),
        projects=tuple(project.id for project in rows),
        city={metric: _change(before[name], after[name]) for metric, name in CITY.items()},
        district={}
        if place is None
        else {metric: _change(before[name][:, place], after[name][:, place]) for metric, name in DISTRICT.items()},
    )


def view_of(row: SystemRow, world: World) -> SystemView:
    """A row as it is shown."""
    record = row.system.record
    place = None if record.district is None else world.labels.member("district", record.district)
    return SystemView(
        key=row.system.key,
        name=row.system.name,
        mechanism=record.mechanism,
        documents=row.documents,
        variables=record.variables,
        levers=record.levers,
        targets=record.targets,
        projects=row.projects,
        change=row.system.change,
        context=row.system.context,
        evidence=record.evidence,
        expected=record.expected,
        because=record.because,
        surprises=record.surprises,
        years=YEARS,
        city=row.city,
        place=place,
        district=row.district,
        nominal=row.is_nominal,
    )


def _change(before: Values, after: Values) -> tuple[float, ...]:
    """Relative change of the sum over whatever dimensions are left, by year."""
    first, last = (values.reshape(len(values), -1).sum(axis=1) for values in (before, after))
    return tuple((last / first - 1.0).tolist())


def sign_of(values: tuple[float, ...]) -> set[str]:
    """The signs of an effect over the years; 0 below the nominal size."""
    return {"0" if abs(value) < NOMINAL else "+" if value > 0.0 else "-" for value in values}


ALLOWED: Mapping[str, set[str]] = {
    "+": {"+", "0+"},
    "-": {"-", "0-"},
    "0": {"0"},
    "0/+": {"0", "+", "0+"},
    "0/-": {"0", "-", "0-"},
    "?": {"0", "+", "-", "0+", "0-", "+-", "0+-"},
}


def wrong_in_district(row: SystemRow) -> list[str]:
    """Measures of the district whose sign is not the expected one."""
    found = []
    for metric, expected in row.system.record.expected_district.items():
        signs = "".join(sorted(sign_of(row.district[metric]), key="0+-".index))
        if signs not in ALLOWED[expected]:
            found.append(f"{row.system.key} {metric}: expected {expected} in the district, got {signs} {row.district[metric]}")
    return found


def surprises(row: SystemRow) -> dict[str, str]:
    """Measures of the city whose sign is not the expected one, with what was expected and what came."""
    found = {}
    for metric in METRICS:
        expected = row.system.record.expected[metric]
        signs = "".join(sorted(sign_of(row.city[metric]), key="0+-".index))
        if signs not in ALLOWED[expected]:
            found[metric] = f"{row.system.key} {metric}: expected {expected}, got {signs} {row.city[metric]}"
    return found
