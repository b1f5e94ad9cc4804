"""Checks are evaluated in every year of every draw: one that is broken ends a central run, and costs a draw."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.base.errors import RunError
from sim.city.city import City
from sim.engine.integrate import Origin, YearValues
from sim.engine.watch import Watch, Watching, watch_of, watched
from sim.ensemble.blocks import BlockRunner
from sim.ensemble.running import gathered, lost_sentence
from sim.inputs.home import Home
from sim.inputs.model_files import Bound, Checks, Identity, read_checks
from sim.simulate import opening, pipeline
from sim.simulate.design import Design
from sim.simulate.draws import draws_of, task_of, with_draws
from sim.simulate.pipeline import Outcome

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
OTHERS = sorted(file.stem for file in SCENARIOS.glob("*.yaml") if file.stem != "plan_2025")
LABEL = {"zh": "甲", "en": "a"}


def identity(left: list[dict[str, object]], right: list[dict[str, object]]) -> Identity:
    return Identity.model_validate({"label": LABEL, "left": left, "right": right})


def row(year: int, **values: object) -> YearValues:
    return YearValues(year, {name: np.asarray(value, dtype=float) for name, value in values.items()})


PARTS = Watch(
    (identity([{"variable": "part", "sum": ["kind"]}], [{"variable": "whole"}]),), (), {"part": ("kind",), "whole": ()}
)
STOCK = identity([{"variable": "stock", "change": True}], [{"variable": "births"}, {"variable": "deaths", "minus": True}])
CHANGES = Watch((STOCK,), (), dict.fromkeys(("stock", "births", "deaths"), ()))


def said(found: list[tuple[int, Origin]]) -> list[tuple[int, int, str]]:
    """Column, year and values of what is broken."""
    return [(draw, origin.year, "" if origin.breach is None else origin.breach.values) for draw, origin in found]


def test_a_sum_that_is_off_is_named_with_draw_year_and_values() -> None:
    watching = Watching(PARTS)
    parts = [[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]]
    assert watching.year(row(2021, part=parts, whole=[2.0, 3.0, 4.0])) == []
    assert said(watching.year(row(2022, part=parts, whole=[2.0, 3.5, 4.0]))) == [(1, 2022, "3 ≠ 3.5")]


def test_changes_are_held_against_flows_from_the_second_row_on() -> None:
    rows = [
        row(2020, stock=[5.0], births=[9.0], deaths=[0.0]),
        row(2021, stock=[6.0], births=[3.0], deaths=[2.0]),
        row(2022, stock=[8.0], births=[3.0], deaths=[2.0]),
    ]
    years = watched(CHANGES, 4, rows)
    assert [next(years).year, next(years).year] == [2020, 2021]
    with pytest.raises(RunError) as caught:
        next(years)
    (fault,) = caught.value.faults
    assert fault.message.en == "a: broken in the central run, 2022: 2 ≠ 1"
    assert fault.message.zh == "“甲”不成立：中心值运行，2022 年，2 ≠ 1"


def test_roundoff_passes_and_more_does_not() -> None:
    for size in (0.0, 1e-9):
        assert not Watching(PARTS).year(row(2021, part=[[1e6], [1.0]], whole=[1e6 + 1.0 + size]))
    assert Watching(PARTS).year(row(2021, part=[[1e6], [1.0]], whole=[1e6 + 1.0 + 1e-4]))


@pytest.mark.parametrize("precision", [np.float64, np.float32])
def test_a_change_may_be_off_by_what_roundoff_leaves_of_the_level(precision: type[np.floating[Any]]) -> None:
    """A debt of 5,000 to which 2e-4 is added: the change holds fewer digits than the flow."""
    level, flow = precision(5000.0), precision(2e-4 if precision is np.float64 else 20.0001)
    after = level + flow
    watch = Watch((identity([{"variable": "debt", "change": True}], [{"variable": "borrowing"}]),), (), {})
    assert abs(float(after - level) - float(flow)) > (1e-9 if precision is np.float64 else 1e-6) * float(flow)
    for off, broken in ((0.0, False), (200.0 * np.spacing(level), True)):
        watching = Watching(watch, 4)
        watching.year(YearValues(2020, {"debt": np.array([level]), "borrowing": np.array([flow])}))
        found = watching.year(YearValues(2021, {"debt": np.array([after + precision(off)]), "borrowing": np.array([flow])}))
        assert bool(found) is broken


def test_single_precision_is_allowed_its_own_roundoff() -> None:
    def single(whole: float) -> YearValues:
        return YearValues(2021, {"part": np.ones((2, 1), np.float32), "whole": np.array([whole], np.float32)})

    assert not Watching(PARTS).year(single(2.00001))
    assert Watching(PARTS).year(single(2.001))


def test_bounds_name_the_worst_cell_and_what_is_no_number_is_left_to_others() -> None:
    bound = Bound.model_validate({"label": LABEL, "variable": "share", "at_least": 0, "at_most": 1})
    watch = Watch((), (bound,), {"share": ("kind",)})
    assert not Watching(watch).year(row(2021, share=[[0.0, np.nan], [1.0, np.inf * 0.0]]))
    assert said(Watching(watch).year(row(2021, share=[[0.5, 1.2], [1.0, 1.5]]))) == [(1, 2021, "1.5 > 1")]
    assert not Watching(PARTS).year(row(2021, part=[[np.inf], [1.0]], whole=[np.inf]))


def test_a_bound_allows_the_roundoff_of_what_was_subtracted() -> None:
    """A stock that was emptied may be a last digit of what it held below zero, and no more."""
    bound = Bound.model_validate({"label": LABEL, "variable": "stock", "at_least": 0})
    for left, broken in ((-1e-15, False), (-1e-9, True)):
        watching = Watching(Watch((), (bound,), {"stock": ()}), 4)
        watching.year(row(2020, stock=[5.0]))
        assert bool(watching.year(row(2021, stock=[left]))) is broken


def test_an_identity_of_a_given_variable_is_left_out(world: City) -> None:
    whole, part = (watch_of(world.identities, world.graph, given) for given in (frozenset(), frozenset({"gdp_nominal"})))
    assert not whole.skipped
    assert {item.label.en for item in part.skipped} == {
        "value added by sector adds up to GDP at current prices",
        "GDP of the districts adds up to the city's",
        "the manufacturing share is manufacturing value added over GDP",
    }


def test_the_shipped_checks_hold_in_every_draw_and_a_false_one_fails(home: Home, tmp_path: Path) -> None:
    case = opening.open_cases(home, [home.scenarios / "baseline.yaml"], None, (), ())[0]
    outcome = pipeline.run(case)
    done = with_draws(outcome, Design(300, 7, 1, prior=True))
    assert done.ensemble is not None
    assert not done.ensemble.lost
    watched = watch_of(case.city.identities, case.city.graph, case.bound.given).outputs
    assert not set(watched) <= set(done.ensemble.mean)  # most are watched without being asked for
    assert "government_debt" in watched
    assert "government_debt" not in done.ensemble.mean
    with pytest.raises(RunError, match="people: broken in the central run, 2020"):
        pipeline.run(replace(case, city=believing(case.city, tmp_path, "at_most: 662")))


def believing(world: City, folder: Path, bound: str) -> City:
    """The world with one bound on residents in place of its checks."""
    file = folder / "checks.yaml"
    file.write_text(f"bounds:\n- {{label: {{zh: 人口, en: people}}, variable: residents, {bound}}}\n", encoding="utf-8")
    return replace(world, identities=read_checks(file))


def test_a_draw_that_breaks_a_check_is_left_out_and_too_many_end_the_run(home: Home, tmp_path: Path) -> None:
    case = opening.open_cases(home, [home.scenarios / "baseline.yaml"], None, (), ())[0]
    outcome = pipeline.run(case)
    task = task_of(case, ("residents",), draws_of(case, Design(300, 7, 1, prior=True)))
    _, [paths] = gathered(task, 1, lambda values, _: [values["residents"]])
    least = np.sort(paths[:, 0].min(axis=0))

    def drawn(bound: float) -> Outcome:
        believed = believing(case.city, tmp_path, f"at_least: {bound}")
        return with_draws(replace(outcome, case=replace(case, city=believed)), Design(300, 7, 1, prior=True))

    ensemble = drawn(float(least[2:4].mean())).ensemble
    assert ensemble is not None
    assert (ensemble.count, len(ensemble.lost)) == (300, 3)
    for draw in ensemble.lost:
        assert draw.origin is not None
        assert draw.origin.breach is not None
        assert draw.origin.breach.check.en == "people"
        assert draw.factors
    said_of_it = lost_sentence(ensemble.lost)
    assert said_of_it is not None
    assert said_of_it.en.startswith("3 draws broke a check and were left out: draw ")
    with pytest.raises(RunError, match=r"30 of 300 draws \(10.0 %\) broke a check; at most 5 % may: draw \d+ \(20"):
        drawn(float(least[29:31].mean()))
    with pytest.raises(RunError, match="all 300 draws broke a check: draw 0"):
        drawn(1.1 * float(least[-1]))


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("source", ["posterior", "prior"])
@pytest.mark.parametrize("scenario", ["plan_2025", *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)])
def test_no_draw_of_a_shipped_scenario_is_lost_to_roundoff(home: Home, scenario: str, precision: str, source: str) -> None:
    case = opening.with_projects(opening.open_cases(home, [home.scenarios / f"{scenario}.yaml"], None, (), ())[0])
    task = task_of(case, ("gdp_nominal",), draws_of(case, Design(1024, 11, prior=source == "prior")), precision)
    assert BlockRunner(task).run(0, 1024).lost == ()


def test_a_run_that_fails_names_the_line_of_the_scenario_at_fault(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "crowded.yaml"
    file.write_text(
        "name: {zh: 试, en: try}\nextends: baseline\nassumptions:\n  external_demand_lead: 2 %\n"
        "levers:\n  migration_policy: 0.01\n  rd_policy: 0.001\n",
        encoding="utf-8",
    )
    case = opening.open_cases(home, [file], None, (), ())[0]
    strict = replace(case, city=believing(case.city, tmp_path, "at_most: 670"))
    with pytest.raises(RunError) as caught:
        pipeline.run(strict)
    assert [(fault.place.line, fault.place.key) for fault in caught.value.faults if fault.place.file == file] == [
        (6, "levers.migration_policy")
    ]
    assert "without this line the run goes through" in str(caught.value)


def test_a_model_without_the_file_promises_nothing(tmp_path: Path) -> None:
    assert read_checks(tmp_path / "checks.yaml") == Checks()
