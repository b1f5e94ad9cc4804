"""A scenario's plan for the ledger: its edits, and what its levers and assumptions say is scarce, becomes works and limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sim.base.errors import Faults, Place
from sim.base.text import Text
from sim.city.city import City, open_city
from sim.inputs.ledger import Inflow, Ledger, LedgerLevers
from sim.inputs.ledger_table import PARAMETER
from sim.inputs.scenario import Scenario
from sim.inputs.year_path import YearPath
from sim.ledger.edits import Edits, edits_of, finished_before, named_works
from sim.ledger.flows import Axes
from sim.ledger.limits import Limit, Limits
from sim.ledger.random_effects import Scale
from sim.ledger.realise import LedgerPlan, Realised
from sim.ledger.works import Work, arrivals
from sim.model.binding import BoundValues, own_values


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
