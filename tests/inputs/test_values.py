"""Values of parameters: numbers, members, paths of years, units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.dimensions import Dimension
from sim.errors import Faults, Place
from sim.inputs.values import Target, YearPath, read_value

SECTOR = Dimension("sector", ("farm", "factory"))
REGION = Dimension("region", ("city",))


def read(raw: Any, *, unit: str = "ratio", dims: tuple[Dimension, ...] = (), earlier: YearPath | None = None) -> YearPath:
    faults = Faults()
    found = read_value(raw, Target(unit, dims, 2020, 2035), faults, Place(), earlier)
    assert not faults.found, faults.found
    assert found is not None
    return found


def faults_of(raw: Any, *, unit: str = "ratio", dims: tuple[Dimension, ...] = ()) -> str:
    faults = Faults()
    assert read_value(raw, Target(unit, dims, 2020, 2035), faults, Place()) is None
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
        ("ramp", [1.0, 1.5, 2.0, 4.0, 6.0, 6.0]),
        ("hold", [2.0, 2.0, 2.0, 4.0, 6.0, 6.0]),
    ],
)
def test_shapes_of_a_path(shape: str, expected: list[float]) -> None:
    path = read({2022: 2.0, 2024: 6.0, "shape": shape}, earlier=YearPath(np.array(1.0)))
    assert [float(path.at(year)) for year in range(2020, 2026)] == expected


def test_step_is_the_default_and_a_path_over_a_path_starts_from_it() -> None:
    earlier = read({2021: 3.0, 2023: 5.0, "shape": "hold"})
    path = read({2025: 9.0}, earlier=earlier)
    assert [float(path.at(year)) for year in (2020, 2024, 2025)] == [3.0, 3.0, 9.0]


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
