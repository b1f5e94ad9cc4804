"""Which years a backtest judges, and what is judged."""

from __future__ import annotations

import numpy as np
import pytest

from sim.base.errors import UsageError
from sim.base.text import Text
from sim.city.city import City
from sim.inputs.history import Break, Datum, History
from sim.simulate.likelihood.errors_of_cities import Observation, fitted, published_changes
from sim.studies.forecasts import judged_values, kind_of, outcome_of, read_design


def history(indicator: str, values: dict[int, float], unit: str, *breaks: Break) -> History:
    data = tuple(Datum("x", year, indicator, value, unit, "book", year + 1, "") for year, value in values.items())
    return History(data, {"book": 1}, breaks)


def broken(indicator: str, year: int) -> Break:
    return Break((indicator,), frozenset({year}), year, Text("", ""))


@pytest.fixture(scope="module")
def observed(world: City) -> dict[str, Observation]:
    return {item.name: item for item in fitted(world.checks)}


def test_the_design_of_the_document() -> None:
    design = read_design("2005:2016", "2017:2018", ["2019:2023", "2025"])
    assert list(design.rolling) == list(range(2009, 2016))
    assert design.origins == {2009: 2013, 2010: 2014, 2011: 2015, 2012: 2016, 2013: 2016, 2014: 2016, 2015: 2016,
                              2018: 2025, 2019: 2025}  # fmt: skip
    assert design.targets("growth", 2018) == ("test", (2019, 2020, 2021, 2022, 2023, 2025))
    assert design.targets("level", 2019) == ("test", (2020, 2021, 2022, 2023, 2025))
    assert design.targets("level", 2018) == design.targets("growth", 2019) == ("test", ())
    assert design.targets("growth", 2014) == ("rolling", (2015, 2016))


@pytest.mark.parametrize(
    ("fit", "gap", "test"),
    [
        ("2005", "2017:2018", ["2019"]),
        ("2005:2016", "2015:2018", ["2019"]),
        ("2005:2016", "2017:2018", ["2018"]),
        ("2005-2016", "2017:2018", ["2019"]),
        ("x:y", "2017:2018", ["2019"]),
        ("2005:2016", "2017:2018", ["2019:2020:2021"]),
    ],
)
def test_spans_that_are_none_or_out_of_order(fit: str, gap: str, test: list[str]) -> None:
    with pytest.raises(UsageError):
        read_design(fit, gap, test)


def test_changes_stop_at_a_declared_break(observed: dict[str, Observation]) -> None:
    firms = observed["industrial_firms"]
    known = history(
        "industrial_firms", {2008: 100, 2009: 110, 2010: 121, 2012: 150, 2013: 165}, "户", broken("industrial_*", 2013)
    )
    assert published_changes(firms, known, "x") == pytest.approx({2009: np.log(1.1), 2010: np.log(1.1)})


def test_outcomes_are_re_anchored_and_never_cross_a_break(observed: dict[str, Observation]) -> None:
    firms = observed["industrial_firms"]
    known = history("industrial_firms", {2010: 100, 2011: 120, 2012: 130}, "户", broken("industrial_firms", 2012))
    found = outcome_of(firms, known, "x", 2010, 2011)
    assert found is not None
    assert found.value == pytest.approx(100 * np.log(1.2))
    assert found.no_change == pytest.approx(-100 * np.log(1.2))
    assert outcome_of(firms, known, "x", 2010, 2012) is None
    assert outcome_of(firms, known, "x", 2009, 2011) is None


def test_growth_needs_no_anchor(observed: dict[str, Observation]) -> None:
    growth = observed["gdp_growth_real"]
    known = history("gdp_growth_real", {2011: 14.0, 2012: 12.0, 2014: 9.0}, "%")
    found = outcome_of(growth, known, "x", 2013, 2014)
    assert found is not None
    assert (found.value, found.no_change) == pytest.approx((9.0, 3.0))


def test_judged_values(observed: dict[str, Observation]) -> None:
    changes = np.log([[1.1], [1.2]])
    assert judged_values(kind_of(observed["gdp_growth_real"]), changes)[:, 0] == pytest.approx([10.0, 20.0])
    assert judged_values(kind_of(observed["gdp_nominal"]), changes)[:, 0] == pytest.approx(100 * np.log([1.1, 1.32]))
    assert judged_values(kind_of(observed["secondary_share"]), np.array([[0.01], [0.02]]))[:, 0] == pytest.approx([1.0, 3.0])
