"""Net migration of a city: its residents against the nation's between counts that can be compared, fading to what is usual."""

from __future__ import annotations

import math

import pytest

from models.prefecture.base_year.migration import migration
from sim.city.city import City, open_city
from sim.inputs.home import Home
from sim.inputs.provenance import DERIVED
from sim.model.binding import own_values
from tests.prefecture.test_base_year import base

USUAL = -0.005


def test_the_rate_is_the_citys_growth_less_the_nations_since_a_census() -> None:
    """As of 2021: 714.83 residents at the census of 2010, 661.96 in 2021, the nation's 1,340.91 and 1,412.60 million."""
    path, origin = migration(base(2020, 2021))
    own = (math.log(661.96 / 714.83) - math.log(141260 / 134091)) / 11
    assert path[2020] == pytest.approx(USUAL + 11 / 15 * (own - USUAL), abs=2e-5)
    assert path[2020] < -0.009
    assert origin.base == DERIVED


def test_the_difference_from_the_usual_rate_fades() -> None:
    path, _ = migration(base())
    left = [(path[year + 1] - USUAL) / (path[year] - USUAL) for year in range(2020, 2035)]
    assert left == pytest.approx([0.94] * 15)


def test_a_city_without_counts_that_can_be_compared_takes_the_usual_rate() -> None:
    """As of 2000 there is no second count."""
    path, origin = migration(base(1999, 2000))
    assert path == {1999: USUAL}
    assert origin.base.kind == "borrowed"


def rates(city: City) -> list[float]:
    path = own_values(city.data).values["base_migration"]
    return [float(path.at(year).item()) for year in (2020, 2030)]


def test_a_city_that_gains_people_goes_on_gaining_and_one_that_loses_them_losing(home: Home) -> None:
    gains, loses = rates(open_city(home, "changsha")), rates(open_city(home, "shaoyang"))
    assert gains[0] > gains[1] > 0.0 > loses[1] > loses[0]
