"""The page on a model of another kind: no plan, no published figures, no levers.yaml, and a century of its own."""

from __future__ import annotations

from html import unescape

import panel as pn
import pytest
from bokeh.models import BasicTicker, Range1d

from sim.base.text import LANGUAGES, Language
from sim.explore.levers import LEVELS, LeverView, levers_of
from sim.explore.page import Page
from sim.explore.saving import load_levers, scenario_text
from sim.explore.sliders import by_key
from sim.explore.views import charts_of
from sim.inputs.home import Home
from sim.simulate import opening


@pytest.fixture(scope="module")
def levers(home: Home) -> LeverView:
    return levers_of(opening.open_cases(home, [home.models / "urban" / "scenarios" / "renewal.yaml"], None, (), ())[0])


def shown(part: pn.viewable.Viewable) -> str:
    """Every text of the page: what is HTML, and the names of its widgets and charts."""
    found = part.get_root().references()
    texts = [str(getattr(item, key, "") or "") for item in found for key in ("text", "title", "label")]
    return unescape(unescape(" ".join(texts)))


def test_every_lever_with_a_range_has_a_slider(levers: LeverView) -> None:
    parameters = levers.case.city.data.parameters
    sliders = by_key(levers.groups)
    assert set(sliders) == {name for name, record in parameters.items() if record.kind == "lever"}
    for name, slider in sliders.items():
        assert (slider.low, slider.high) == parameters[name].range
        assert slider.low <= slider.now <= slider.high
        assert slider.notch == pytest.approx(0.01)
    region = levers.case.city.data.key
    fewer, still = levers.answer({"housing_policy": 0.2}), levers.still
    assert fewer.series("houses", region)[2000] < still.series("houses", region)[2000]
    again = load_levers(
        scenario_text(levers, {"housing_policy": 0.2}).encode(), "a.yaml", levers.case.city.home, levers.case.city
    )
    assert again.still.series("houses", region) == pytest.approx(fewer.series("houses", region))


def test_charts_show_the_years_of_the_run(levers: LeverView) -> None:
    spread = levers.still_spread
    for chart in charts_of(levers, levers, "en"):
        chart.show(levers.still, levers.case.city.data.key)
        years = chart.figure.x_range
        assert isinstance(years, Range1d)
        assert (years.start, years.end) == (1900, 2001)
        ticker = chart.figure.xaxis.ticker
        assert isinstance(ticker, BasicTicker)
        assert ticker.desired_num_ticks <= 4, "the numbers of more years would touch each other"
        assert chart.now.data["year"][-1] == 2000
        assert all(len(row) == len(chart.now.data["year"]) for row in spread.bands[chart.name])
        assert spread.bands[chart.name].shape[0] == len(LEVELS)


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")  # of the library, about its own widgets
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_nothing_of_plans_and_statistics(levers: LeverView, language: Language) -> None:
    text = shown(Page(levers, language).view())
    labels, strange = {
        "zh": (("住宅建设许可 (比率)", "人口（人）", "本情景没有可评分的目标"), ("规划", "公报", "统计数", "其他", "目标之间")),
        "en": (("permits for houses (ratio)", "population (people)", "No target"), ("plan", "bulletin", "statistics", "Pairs")),
    }[language]
    assert all(label in text for label in labels)
    assert [word for word in strange if word in text] == []
