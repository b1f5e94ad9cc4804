"""Values of parameters: numbers, members, paths of years, units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.base.arrays import Dimension
from sim.base.errors import Faults, Place
from sim.inputs.year_path import ValueSpec, YearPath, read_value

SECTOR = Dimension("sector", ("farm", "factory"))
REGION = Dimension("region", ("city",))


def read(raw: Any, *, unit: str = "ratio", dims: tuple[Dimension, ...] = (), earlier: YearPath | None = None) -> YearPath:
    faults = Faults()
    found = read_value(raw, ValueSpec(unit, dims, 2020, 2035), faults, Place(), earlier)
    assert not faults.found, faults.found
    assert found is not None
    return found


def faults_of(raw: Any, *, unit: str = "ratio", dims: tuple[Dimension, ...] = ()) -> str:
    faults = Faults()
    assert read_value(raw, ValueSpec(unit, dims, 2020, 2035), faults, Place()) is None
    return " | ".join(fault.in_language("en") for fault in faults.found)


def test_a_number_holds_for_every_member_and_year() -> None:
    path = read(2.5, dims=(REGION, SECTOR))
    assert np.array_equal(path.at(1999), [[2.5, 2.5]])


def test_members_may_leave_out_an_outer_dimension_and_keep_earlier_values() -> None:
    earlier = read({"farm": 1.0, "factory": 2.0}, dims=(REGION, SECTOR))
    path = read({"factory": 5.0}, dims=(REGION, SECTOR), earlier=earlier)
    assert np.array_equal(path.at(2021), [[1.0, 5.0]])
    path = read({"city": {"farm": 9.0}}, dims=(REGION, SECTOR), earlier=earlier)
    assert np.array_equal(path.at(2021), [[9.0, 2.0]])


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("step", [1.0, 1.0, 2.0, 2.0, 6.0, 6.0]),
        ("ramp", [1.0, 1.0, 2.0, 4.0, 6.0, 6.0]),
        ("hold", [2.0, 2.0, 2.0, 4.0, 6.0, 6.0]),
    ],
)
def test_shapes_of_a_path(shape: str, expected: list[float]) -> None:
    path = read({2022: 2.0, 2024: 6.0, "shape": shape}, earlier=YearPath(np.array(1.0)))
    assert [float(path.at(year)) for year in range(2020, 2026)] == expected


def test_step_is_the_default_and_a_path_over_a_path_leaves_the_years_before_it() -> None:
    earlier = read({2021: 3.0, 2023: 5.0, "shape": "hold"})
    path = read({2025: 9.0}, earlier=earlier)
    assert [float(path.at(year)) for year in (2020, 2022, 2024, 2025)] == [3.0, 4.0, 5.0, 9.0]


def test_a_member_that_is_not_named_keeps_its_whole_path() -> None:
    earlier = read({2022: {"farm": 1.0, "factory": 2.0}, 2028: {"farm": 3.0, "factory": 4.0}}, dims=(SECTOR,))
    path = read({2024: {"factory": 9.0}}, dims=(SECTOR,), earlier=earlier)
    assert [path.at(year).tolist() for year in (2022, 2024, 2028)] == [[1.0, 2.0], [1.0, 9.0], [3.0, 9.0]]


def test_a_member_that_is_named_in_some_years_goes_on_as_it_was_named() -> None:
    earlier = read({"farm": 0.0, "factory": 0.0}, dims=(SECTOR,))
    stepped = read({2022: {"farm": 1.0}, 2024: {"factory": 5.0}}, dims=(SECTOR,), earlier=earlier)
    assert [stepped.at(year).tolist() for year in (2021, 2023, 2024)] == [[0.0, 0.0], [1.0, 0.0], [1.0, 5.0]]
    points = {2022: {"farm": 1.0}, 2024: {"factory": 5.0}, 2026: {"farm": 5.0}, "shape": "ramp"}
    ramped = read(points, dims=(SECTOR,), earlier=earlier)
    assert [ramped.at(year).tolist() for year in (2023, 2024, 2025)] == [[2.0, 0.0], [3.0, 5.0], [4.0, 5.0]]


@pytest.mark.parametrize("shape", ["step", "ramp"])
def test_the_whole_path_is_replaced_where_that_is_said(shape: str) -> None:
    earlier = read({2021: 3.0, 2023: 5.0})
    raw = {2025: 9.0, 2027: 7.0, "shape": shape, "replace": True}
    assert [float(read(raw, earlier=earlier).at(year)) for year in (2020, 2024, 2025, 2027)] == [9.0, 9.0, 9.0, 7.0]
    kept = read({**raw, "replace": False}, earlier=earlier)
    assert [float(kept.at(year)) for year in (2020, 2024, 2025, 2027)] == [3.0, 5.0, 9.0, 7.0]


def test_a_whole_path_of_one_member_leaves_the_others() -> None:
    earlier = read({2021: {"farm": 1.0, "factory": 2.0}, 2030: {"farm": 3.0, "factory": 4.0}}, dims=(SECTOR,))
    path = read({2024: {"factory": 9.0}, "replace": True}, dims=(SECTOR,), earlier=earlier)
    assert [path.at(year).tolist() for year in (2000, 2021, 2030)] == [[1.0, 9.0], [1.0, 9.0], [3.0, 9.0]]


NUMBERS = st.floats(-10, 10)
MEMBERS = st.one_of(NUMBERS, st.dictionaries(st.sampled_from(SECTOR.members), NUMBERS, min_size=1))
SHAPES = st.sampled_from(["step", "ramp"])
POINTS = st.dictionaries(st.integers(2021, 2035), MEMBERS, min_size=1, max_size=5)
CHANGES = st.one_of(MEMBERS, st.builds(lambda points, shape: {**points, "shape": shape}, POINTS, SHAPES))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(CHANGES, max_size=3), POINTS, SHAPES)
def test_years_before_the_first_named_one_are_as_they_were(inherited: list[Any], points: dict[int, Any], shape: str) -> None:
    earlier = YearPath(np.array([0.5, 0.25]))
    for raw in inherited:
        earlier = read(raw, dims=(SECTOR,), earlier=earlier)
    path = read({**points, "shape": shape}, dims=(SECTOR,), earlier=earlier)
    for place, member in enumerate(SECTOR.members):
        named = {
            year: raw[member] if isinstance(raw, dict) else raw
            for year, raw in points.items()
            if not isinstance(raw, dict) or member in raw
        }
        for year in range(2018, 2040):
            if year < min(named, default=9999):
                assert path.at(year)[place] == earlier.at(year)[place]
            elif year in named:
                assert path.at(year)[place] == named[year]
        assert not named or path.at(2100)[place] == named[max(named)]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(POINTS, SHAPES, st.one_of(NUMBERS, POINTS), st.integers(2022, 2035))
def test_what_begins_in_a_year_leaves_the_years_before(points: dict[int, Any], shape: str, raw: Any, begins: int) -> None:
    """A constant, or a path that replaces the whole, of what may not change the base year."""
    start = YearPath(np.array([0.5, 0.25]))
    earlier = read({**points, "shape": shape}, dims=(SECTOR,), earlier=start)
    faults, whole = Faults(), {**raw, "replace": True} if isinstance(raw, dict) else raw
    path = read_value(whole, ValueSpec("ratio", (SECTOR,), 2020, 2035), faults, Place(), earlier, begins)
    assert path is not None
    first = min([begins, *(raw if isinstance(raw, dict) else ())])
    assert all(np.array_equal(path.at(year), earlier.at(year)) for year in range(2018, first))


@pytest.mark.parametrize(
    ("raw", "unit", "value"),
    [
        ("3 %", "ratio", 0.03),
        ("3%", "ratio", 0.03),
        ("5 ‰", "ratio", 0.005),
        ("12000 万元/a", "亿元/a", 1.2),
        ("1,500", "户", 1500.0),
    ],
)
def test_quantities_are_converted(raw: str, unit: str, value: float) -> None:
    assert float(read(raw, unit=unit).at(2021)) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("3 亿元", "the unit 亿元 does not fit"),
        ("3 foo", "unknown unit foo"),
        ("abc", "a number is wanted"),
        (None, "a number is wanted"),
        (True, "a number is wanted"),
        ([1, 2], "a number is wanted"),
        ({"farm": 1}, "a single number is wanted"),
        ({2019: 1.0}, "the year 2019 lies outside"),
        ({2036: 1.0, 2040: 2.0}, "the year 2040 lies outside"),
        ({2022: 1.0, "shape": "rmp"}, "did you mean 'ramp'"),
        ({2022: 1.0, "later": 2.0}, "later is not a year"),
        ({2022: 1.0, "replace": 1}, "replace is true or false"),
        ({2022: "x"}, "a number is wanted"),
    ],
)
def test_wrong_values_are_named(raw: Any, text: str) -> None:
    assert text in faults_of(raw)


def test_unknown_and_missing_members_are_named() -> None:
    assert "did you mean 'factory'" in faults_of({"farm": 1, "factry": 2}, dims=(SECTOR,))
    assert "every member of sector" in faults_of({"farm": 1}, dims=(SECTOR,))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault of the code
@given(st.dictionaries(st.integers(2021, 2035), st.floats(-10, 10), min_size=1), st.sampled_from(["step", "ramp", "hold"]))
def test_a_path_passes_through_its_named_years_and_stays_between_them(points: dict[int, float], shape: str) -> None:
    path = read({**points, "shape": shape}, earlier=YearPath(np.array(0.0)))
    for year, value in points.items():
        assert float(path.at(year)) == value
    low, high = min(0.0, *points.values()), max(0.0, *points.values())
    assert all(low - 1e-12 <= float(path.at(year)) <= high + 1e-12 for year in range(2020, 2040))
    assert float(path.at(2100)) == points[max(points)]
