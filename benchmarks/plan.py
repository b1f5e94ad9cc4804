"""Seconds of the plan layer on the shipped plan: lint, feasibility with 10,000 draws, path with eight targets and ten levers.

python -m benchmarks.plan
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from sim.base.processes import processors
from sim.city.city import open_city
from sim.inputs.home import find_home
from sim.plan.claims import plan_of
from sim.plan.lint import lint
from sim.plan.selection import Selection
from sim.simulate.design import Design
from sim.simulate.opening import Case, open_cases
from sim.studies.plan.feasibility import feasibility
from sim.studies.plan.path import PathRequest, required_path

TARGETS = (
    "hy_gdp_2025",
    "hy_four_above_firms_2025",
    "yf_patents_per_10k",
    "hy_hightech_firms_2025",
    "hy_talent_inflow_annual",
    "yf_rd_share_gdp_2025",
    "yf_new_jobs_14fyp",
    "yf_scale_firms_2025",
)
LEVERS = 10


def timed(name: str, work: Callable[[], str]) -> None:
    """Run once and print what it took."""
    begun = time.perf_counter()
    said = work()
    print(f"{name}: {time.perf_counter() - begun:.1f} s  ({said})", flush=True)


def _lint() -> str:
    city = open_city(find_home(None), "hengyang")
    return f"{len(lint(plan_of(city.data, city.catalogue)))} findings, the city opened"


def _case(name: str, *targets: str) -> Case:
    home = find_home(None)
    case = open_cases(home, [home.scenarios / f"{name}.yaml"], None, (), ())[0]
    chosen = tuple(case.city.catalogue.targets[key] for key in targets)
    return replace(case, selection=Selection(chosen, ())) if targets else case


def _feasibility() -> str:
    study = feasibility(_case("plan_2025"), Design(10_000, 0, processors()))
    return f"{study.sizes['target']} targets, {study.attrs['draws']:,} draws"


def _path(share: float) -> str:
    request = PathRequest(share, Design(2000, 0, processors()), most_levers=LEVERS)
    path = required_path(_case("plan_2025", *TARGETS), request)
    return f"{len(path.readings)} targets, {len(path.levers)} levers, joint {path.joint:.3f}, reaches: {path.reaches}"


def main() -> None:
    """Everything, one after the other."""
    timed("lint", _lint)
    timed("feasibility", _feasibility)
    timed("path P50", lambda: _path(0.5))
    timed("path P80", lambda: _path(0.8))


if __name__ == "__main__":
    main()
