"""The effect of the lever of each system: the central run with a stated change beside the same without it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from sim.base.arrays import Values
from sim.base.errors import all_faults
from sim.base.text import Text
from sim.city.city import City
from sim.engine.integrate import central_run
from sim.inputs.checked import fail_if_unknown
from sim.inputs.scenario import Fragment, plain_scenario
from sim.inputs.targets import PlanSystem, read_systems
from sim.simulate.opening import Case, prepare, with_projects
from sim.simulate.pipeline import compiled

NOMINAL = 1e-4
"""A relative effect below this on every measure is called nominal."""


@dataclass(frozen=True)
class SystemRow:
    """A system with its effects: relative changes by measure and year, of the city and, where it has one, of its district."""

    system: PlanSystem
    documents: tuple[str, ...]
    projects: tuple[str, ...]
    measures: Mapping[str, Text]
    place: Text | None
    city: Mapping[str, tuple[float, ...]]
    district: Mapping[str, tuple[float, ...]]
    years: tuple[int, int]
    """The years of the effects: the last of the plan, and the last of the run."""

    @property
    def is_nominal(self) -> bool:
        """True where no measure moves by as much as 0.01 %."""
        found = [abs(value) for part in (self.city, self.district) for values in part.values() for value in values]
        return max(found) < NOMINAL


def systems_of(city: City) -> tuple[PlanSystem, ...]:
    """The systems of a city's plan, checked against its model; every row of the ledger belongs to one.

    Raises
    ------
    InputError
        with every fault of systems.yaml.
    """
    known: dict[str, Collection[str]] = {"variables": city.graph.quantities, "levers": city.graph.parameters}
    known |= {"targets": city.catalogue.targets, "district": city.ledger.names.districts}
    known |= dict.fromkeys(("expected", "surprises", "expected_district"), city.outline.measures)
    systems = read_systems(city.data.folder / "plan" / "systems.yaml", known)
    keys = [system.key for system in systems]
    with all_faults() as faults:
        for project in city.ledger.projects.values() if keys else ():
            message = Text(f"{project.id} 的 system 未知：“{{}}”", f"{project.id}: unknown system '{{}}'")
            fail_if_unknown([project.system], keys, message, project.place, faults)
    return systems


def system_rows(city: City) -> list[SystemRow]:
    """A row per system with what its lever does."""
    by_key = {system.key: system for system in systems_of(city)}
    parts = {key: (item.changes(item.context), item.changes(item.context, item.change)) for key, item in by_key.items()}
    cases = {key: (_case(city, without), _case(city, with_change)) for key, (without, with_change) in parts.items()}
    yearly = frozenset().union(*(case.bound.yearly for pair in cases.values() for case in pair))
    done: dict[str, Mapping[str, Values]] = {}

    def results(case: Case) -> Mapping[str, Values]:
        key = repr((case.scenario.changes, case.scenario.ledger))
        if key not in done:
            done[key] = _run(case, yearly)
        return done[key]

    return [_row(system, city, *(results(case) for case in cases[key])) for key, system in by_key.items()]


def _case(city: City, changes: Fragment) -> Case:
    plain = plain_scenario(city.data.key, city.data.settings.name)
    return with_projects(prepare(replace(plain, changes=changes.changes, ledger=changes.ledger), city))


def _run(case: Case, yearly: frozenset[str]) -> Mapping[str, Values]:
    """The measured outputs of the years that are shown: [year, dims...]."""
    measures = case.city.outline.measures.values()
    kernel, clock = compiled(case, (name for item in measures for name in (item.variable, item.district)), yearly=yearly)
    rows = [row.values for row in central_run(kernel, clock, case.bound) if row.year in _years(case.city)]
    return {name: np.stack([row[name][..., 0] for row in rows]) for name in kernel.dims}


def _years(city: City) -> tuple[int, int]:
    settings = city.data.settings
    return settings.plan_span(settings.base_year)[1], settings.last_year


def _row(system: PlanSystem, city: City, before: Mapping[str, Values], after: Mapping[str, Values]) -> SystemRow:
    own, measures = system.district, city.outline.measures
    members = city.graph.dimensions["district"].members if own is not None else ()
    targets = [city.catalogue.targets[name] for name in system.targets]
    rows = [project for project in city.ledger.projects.values() if project.system == system.key]
    documents = {target.document for target in targets} | {project.document for project in rows}

    def of_district(name: str) -> tuple[float, ...]:
        return _change(*(values[name][:, members.index(str(own))] for values in (before, after)))

    return SystemRow(
        system=system,
        documents=tuple(sorted(documents)),
        projects=tuple(project.id for project in rows),
        measures={key: item.name for key, item in measures.items()},
        place=None if own is None else city.labels.member("district", own),
        city={key: _change(before[item.variable], after[item.variable]) for key, item in measures.items()},
        district={} if own is None else {key: of_district(item.district) for key, item in measures.items()},
        years=_years(city),
    )


def _change(before: Values, after: Values) -> tuple[float, ...]:
    """Relative change of the sum over whatever dimensions are left, by year."""
    first, last = (values.reshape(len(values), -1).sum(axis=1) for values in (before, after))
    return tuple((last / first - 1.0).tolist())
