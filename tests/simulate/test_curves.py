"""Which points of a grid or list are joined, and what the figure of them says."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest
import xarray as xr

from sim.base.errors import UsageError
from sim.report import style
from sim.report.forms.plain_text import cell_text
from sim.report.sweeps.figures import chance_response, response
from sim.report.sweeps.findings import findings_of
from sim.report.sweeps.pages import sweep_parts
from sim.simulate.sweeps.names import named_series
from sim.simulate.sweeps.statistics import MOST_ALONG, MOST_CURVES, curves_of
from tests.simulate.draws import made


def grid(*levels: list[float], members: int = 1, method: str = "grid") -> xr.Dataset:
    """All combinations, each run `members` times; the output is the sum of the inputs, a hundred times the first."""
    points = np.repeat(np.array(list(product(*levels))).T, members, axis=1)
    output = (points * [[100.0], *([1.0],) * (len(points) - 1)]).sum(axis=0)
    drawn = made([output, output + 1.0], inputs=points, met=[output > 150.0], members=members, swept=len(points))
    return drawn.assign_attrs(method=method)


def test_the_input_with_most_values_goes_across_and_the_next_parts_the_curves() -> None:
    curves = curves_of(grid([1.0, 2.0], [3.0, 1.0, 2.0]))
    assert (curves.across.key, curves.parted_by.key if curves.parted_by else None) == ("i1", "i0")
    assert [(curve.level, curve.points.tolist()) for curve in curves.curves] == [(100.0, [1, 2, 0]), (200.0, [4, 5, 3])]


def test_further_inputs_stay_at_their_middle_value_and_the_note_says_so() -> None:
    draws = grid([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 3.0], [7.0, 8.0])
    curves = curves_of(draws)
    assert [(named.key, value) for named, value in curves.held] == [("i2", 800.0)]
    values = draws["inputs"].to_numpy()
    assert all((values[2, curve.points] == 8.0).all() for curve in curves.curves)
    assert "input 2 is 800%" in response(draws, ["output"], 2021).frame.note.en


def test_of_many_curves_a_few_are_drawn_with_the_first_and_the_last() -> None:
    draws = grid([float(i) for i in range(9)], [float(i) for i in range(11)])
    levels = [curve.level for curve in curves_of(draws).curves]
    assert len(levels) == MOST_CURVES
    assert (levels[0], levels[-1]) == (0.0, 800.0)
    assert f"{MOST_CURVES} of 9 values are drawn" in response(draws, ["output"], 2021).frame.note.en


def test_of_very_many_points_some_are_joined() -> None:
    [curve] = curves_of(grid([float(i) for i in range(1001)])).curves
    assert len(curve.points) == MOST_ALONG
    assert (curve.points[0], curve.points[-1]) == (0, 1000)


def test_a_series_is_shown_in_the_unit_in_which_the_plan_asks_for_it() -> None:
    draws = grid([10_000.0, 20_000.0])
    asked = [{"id": "t0", "zh": "目标", "en": "target", "unit": "万户", "year": 2021, "operator": ">", "value": 70.0}]
    asked[0] |= {"variable": "output", "level": 700_000.0}
    draws["output"].attrs["units"] = "户"
    draws["met"].attrs["asked"] = json.dumps(asked)
    named = named_series(draws, "output")
    assert named.unit == "万户"
    assert named.scale == pytest.approx(1e-4)


def test_points_of_a_list_of_several_inputs_stand_by_their_numbers() -> None:
    draws = made(np.ones((2, 3)), inputs=[[1.0, 5.0, 2.0], [1.0, 1.0, 1.0]], members=1, swept=2).assign_attrs(method="list")
    curves = curves_of(draws)
    assert (curves.across.key, curves.places.tolist(), len(curves.curves)) == ("point", [1, 2, 3], 1)
    with style.house_style():
        figure = response(draws, ["output"], 2020).draw("en")
    assert all(float(tick).is_integer() for tick in figure.axes[0].get_xticks())


def test_medians_and_probabilities_stand_where_their_points_are() -> None:
    draws = grid([2.0, 1.0], members=3)
    [panel] = response(draws, ["output"], 2020).panels
    assert panel.series[0].points == ((100.0, 100.0), (200.0, 200.0))
    first, together = chance_response(draws).panels
    assert first.series[0].points == together.series[0].points == ((100.0, 0.0), (200.0, 100.0))


def test_what_is_no_grid_has_no_response() -> None:
    with pytest.raises(UsageError, match="no grid or list"):
        response(made(np.ones((2, 5))), ["output"], 2021)
    with pytest.raises(UsageError, match="no target was judged"):
        chance_response(grid([1.0, 2.0]))


def test_a_point_that_was_run_once_meets_a_target_or_does_not() -> None:
    once, often = ([part.table for part in sweep_parts(findings_of(grid([1.0, 2.0], members=members)))] for members in (1, 3))
    assert once[1] is not None
    assert once[1].caption.en == "Whether each point meets the targets"
    assert [cell_text(row[-1], "en") for row in once[1].rows] == ["not met", "met"]
    assert once[0] is not None
    assert "no probabilities" in once[0].note.en
    assert often[0] is not None
    assert "no probabilities" not in often[0].note.en
    assert often[1] is not None
    assert [cell_text(row[-1], "en") for row in often[1].rows] == ["0.0%", "100.0%"]
