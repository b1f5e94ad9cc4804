"""Checks are evaluated in every year of every draw; one that is broken ends the run with draw, year and values."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim import pipeline
from sim.errors import RunError
from sim.futures import with_draws
from sim.inputs.checks import Bound, Checks, Identity, read_checks
from sim.inputs.home import Home
from sim.numerics.draws import DrawRequest
from sim.numerics.integrate import YearValues
from sim.numerics.watch import Watch, watch_of
from sim.world import World

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


def test_a_sum_that_is_off_is_named_with_draw_year_and_values() -> None:
    watching = PARTS.begin()
    watching.year(row(2021, part=[[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]], whole=[2.0, 3.0, 4.0]), 40)
    with pytest.raises(RunError) as caught:
        watching.year(row(2022, part=[[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]], whole=[2.0, 3.5, 4.0]), 40)
    (fault,) = caught.value.faults
    assert fault.message.en == "a: broken in draw 41, 2022: 3 ≠ 3.5"
    assert fault.message.zh == "“甲”不成立：第 41 次抽样，2022 年，3 ≠ 3.5"


def test_changes_are_held_against_flows_from_the_second_row_on() -> None:
    watching = CHANGES.begin()
    watching.year(row(2020, stock=[5.0], births=[9.0], deaths=[0.0]))
    watching.year(row(2021, stock=[6.0], births=[3.0], deaths=[2.0]))
    with pytest.raises(RunError, match="the central run, 2022: 2 ≠ 1"):
        watching.year(row(2022, stock=[8.0], births=[3.0], deaths=[2.0]))


def test_roundoff_passes_and_more_does_not() -> None:
    for size in (0.0, 1e-4):
        PARTS.begin().year(row(2021, part=[[1e6], [1.0]], whole=[1e6 + 1.0 + size]), 0)
    with pytest.raises(RunError):
        PARTS.begin().year(row(2021, part=[[1e6], [1.0]], whole=[1e6 + 2.0]), 0)


def test_single_precision_is_allowed_its_own_roundoff() -> None:
    single = YearValues(2021, {"part": np.ones((2, 1), np.float32), "whole": np.array([2.00001], np.float32)})
    PARTS.begin().year(single, 0)
    with pytest.raises(RunError):
        PARTS.begin().year(YearValues(2021, {"part": np.ones((2, 1), np.float32), "whole": np.array([2.01], np.float32)}), 0)


def test_bounds_name_the_worst_cell_and_what_is_no_number_is_left_to_others() -> None:
    bound = Bound.model_validate({"label": LABEL, "variable": "share", "at_least": 0, "at_most": 1})
    watch = Watch((), (bound,), {"share": ("kind",)})
    watch.begin().year(row(2021, share=[[0.0, np.nan], [1.0, np.inf * 0.0]]), 0)
    with pytest.raises(RunError, match=r"draw 1, 2021: 1\.5 ≠ 1"):
        watch.begin().year(row(2021, share=[[0.5, 1.2], [1.0, 1.5]]), 0)
    PARTS.begin().year(row(2021, part=[[np.inf], [1.0]], whole=[np.inf]), 0)


def test_an_identity_of_a_given_variable_is_left_out(world: World) -> None:
    whole, part = (watch_of(world.identities, world.graph, given) for given in (frozenset(), frozenset({"gdp_nominal"})))
    assert not whole.skipped
    assert {item.label.en for item in part.skipped} == {
        "value added by sector adds up to GDP at current prices",
        "GDP of the districts adds up to the city's",
        "the manufacturing share is manufacturing value added over GDP",
    }


def test_the_shipped_checks_hold_in_every_draw_and_a_false_one_fails(home: Home, tmp_path: Path) -> None:
    case = pipeline.open_cases(home, [home.scenarios / "baseline.yaml"], None, (), ())[0]
    outcome = pipeline.run(case)
    done = with_draws(outcome, DrawRequest(300, 7, 1))
    assert done.ensemble is not None
    assert set(done.ensemble.mean).isdisjoint({"births", "deaths"})  # watched, but nobody asked for them
    file = tmp_path / "checks.yaml"
    file.write_text("bounds:\n- {label: {zh: 人口, en: people}, variable: residents, at_most: 662}\n", encoding="utf-8")
    believed = replace(case.world, identities=read_checks(file))
    strict = replace(outcome, case=replace(outcome.case, world=believed))
    with pytest.raises(RunError, match=r"people: broken in draw \d+, 20\d\d: 66\d"):
        with_draws(strict, DrawRequest(300, 7, 1))
    with pytest.raises(RunError, match="people: broken in the central run, 2020"):
        pipeline.run(replace(case, world=believed))


def test_a_model_without_the_file_promises_nothing(tmp_path: Path) -> None:
    assert read_checks(tmp_path / "checks.yaml") == Checks()
