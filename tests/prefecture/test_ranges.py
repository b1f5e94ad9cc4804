"""Levers and assumptions over their whole declared ranges: every number is finite, and no bound of checks.yaml is broken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.ensemble.blocks import BlockRunner, LostDraw
from sim.ensemble.designs import Listed
from sim.ensemble.draws import Draws, Input, Sample
from sim.inputs.home import Home
from sim.inputs.parameters import ParameterRecord
from sim.simulate import opening, pipeline
from sim.simulate.design import compiled_for, is_settled_before
from sim.simulate.draws import task_of

Floats = NDArray[Any]
SCENARIOS = ("baseline", pytest.param("plan_2025", marks=pytest.mark.slow))


class Board:
    """A case that is run with every lever and assumption at any place of its range, as many points at once as are asked for."""

    def __init__(self, case: opening.Case) -> None:
        parameters = case.city.data.parameters.values()
        self.records: list[ParameterRecord] = [
            record
            for record in parameters
            if record.kind in ("lever", "assumption") and record.range is not None and not is_settled_before(case, record.name)
        ]
        first = case.city.data.settings.base_year + 1
        inputs = [Input(item.name, item.name, first_year=first if item.kind == "lever" else None) for item in self.records]
        self.inputs, self.case = tuple(inputs), compiled_for(case, self._sample(inputs, np.zeros((1, len(inputs)))))
        ranges = np.array([record.range for record in self.records])
        self.low, self.high = ranges[:, 0], ranges[:, 1]
        self.now = np.array([np.mean(case.bound.values[record.name].before) for record in self.records])
        self.levers = np.array([record.kind == "lever" for record in self.records])

    def lost(self, points: Floats) -> tuple[LostDraw, ...]:
        """The points [point, input] at which something is not finite or a check is broken."""
        sample = self._sample(self.inputs, points)
        outputs = tuple(self.case.city.graph.quantities)
        task = task_of(self.case, outputs, Draws(len(points), sample=sample, silent=True))
        return BlockRunner(task).run(0, len(points)).lost

    @staticmethod
    def _sample(inputs: Any, points: Floats) -> Sample:
        return Sample(tuple(inputs), Listed(tuple(tuple(column) for column in points.T.tolist())))


@pytest.fixture(scope="module", params=SCENARIOS)
def board(request: pytest.FixtureRequest, home: Home) -> Board:
    (case,) = opening.open_cases(home, [home.scenarios / f"{request.param}.yaml"], None, (), ())
    return Board(opening.with_projects(case))


def test_one_value_at_either_end_and_all_at_once_end_no_run(board: Board) -> None:
    points = [board.now]
    for place in np.eye(len(board.records), dtype=bool):
        points += [np.where(place, end, board.now) for end in (board.low, board.high)]
    for some in (board.levers, ~board.levers, np.ones_like(board.levers)):
        points += [np.where(some, board.low, board.now), np.where(some, board.high, board.now)]
    assert board.lost(np.array(points)) == ()


def test_corners_end_no_run(board: Board) -> None:
    rng = np.random.default_rng(20)
    corners = np.where(rng.integers(0, 2, (512, len(board.records))) == 1, board.low, board.high)
    of_levers = np.where(board.levers, corners, board.now)
    assert board.lost(np.concatenate([corners, of_levers])) == ()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_place_within_the_ranges_ends_a_run(board: Board, data: st.DataObject) -> None:
    share = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.0, 1.0))
    count = len(board.records)
    points = [data.draw(st.lists(share, min_size=count, max_size=count)) for _ in range(4)]
    assert board.lost(board.low + (board.high - board.low) * np.array(points)) == ()


def test_less_research_than_there_is_is_held_and_more_than_any_city_spends_is_said(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "ends.yaml"
    head = "name: {zh: 试, en: try}\nextends: baseline\nlevers:\n"
    file.write_text(f"{head}  rd_policy: -0.02\n", encoding="utf-8")
    (case,) = opening.open_cases(home, [file], None, (), ())
    assert float(pipeline.run(case).results["rd_intensity"].min()) > 0.0
    highest = [record.name for record in case.city.data.parameters.values() if record.kind == "lever" and record.range]
    chosen = ("rd_policy", "science_budget", "hightech_push", "hightech_policy", "nurture_effort", "nurture_policy")
    ends = {name: case.city.data.parameters[name].range for name in chosen if name in highest}
    highest_levers = "".join(f"  {name}: {span[1]}\n" for name, span in ends.items() if span)
    file.write_text(f"{head}{highest_levers}behaviour:\n  rd_from_hightech: 0.02\n", encoding="utf-8")
    (case,) = opening.open_cases(home, [file], None, (), ())
    outcome = pipeline.run(case)
    assert float(outcome.results["rd_intensity"].max()) == pytest.approx(0.1)
    parts = outcome.results["four_above_firms"] / outcome.results["registered_enterprises"]
    assert float(parts.max()) < 1.0
    held = [remark.en for remark in outcome.case.selection.remarks if "Held back" in remark.en]
    assert ["R&D intensity" in remark for remark in held].count(True) == 1
    assert (float(parts.max()) > 0.297) == any("above-scale firms" in remark for remark in held)


def test_nothing_is_held_back_in_the_shipped_plan(outcomes: list[pipeline.Outcome]) -> None:
    for outcome in outcomes:
        assert not any("Held back" in remark.en for remark in outcome.case.selection.remarks)
