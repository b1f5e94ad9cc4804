"""Every city that is shipped opens at its base year and as of earlier ones, and runs from published figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.city.city import open_city
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock, central_run
from sim.engine.kernel import kernel_for
from sim.inputs.city import pooled_cities
from sim.inputs.home import Home, find_home
from sim.model.binding import own_values

CITIES = pooled_cities(find_home(Path(__file__).resolve().parent.parent), "hengyang")


def test_the_nine_cities_are_there() -> None:
    others = {"changsha", "huaihua", "loudi", "shaoyang", "xiangtan", "yiyang", "yongzhou", "zhuzhou"}
    assert set(CITIES) == {"hengyang"} | others


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize(("base_year", "as_of"), [(2020, None), (2019, 2019), (2009, 2009)])
def test_a_city_runs_from_its_published_figures(city: str, base_year: int, as_of: int | None, home: Home) -> None:
    world = open_city(home, city, base_year, as_of)
    bound = own_values(world.data)
    outputs = ("gdp_nominal", "gdp_real", "residents", "above_scale_firms")
    kernel = kernel_for(world.graph, KernelRequest(outputs, frozenset(), bound.yearly))
    first, *_, last = central_run(kernel, Clock(base_year + 1, base_year + 4), bound)
    history = world.data.history
    published = history.series("gdp_nominal", city)[base_year].value
    assert float(first.values["gdp_nominal"].squeeze()) == pytest.approx(published, rel=2e-5)
    firms = history.series("industrial_firms", city)[base_year].value
    assert float(first.values["above_scale_firms"][0, 0].squeeze()) == pytest.approx(firms)
    growth = float(last.values["gdp_real"].squeeze() / first.values["gdp_real"].squeeze()) ** 0.25 - 1.0
    assert 0.0 < growth < 0.2
