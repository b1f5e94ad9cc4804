"""Fan charts that move with the sliders: history, the scenario as it was, as it is now, the bands of its draws, the targets."""

from __future__ import annotations

from dataclasses import dataclass

from bokeh.models import ColumnDataSource, NumeralTickFormatter, Range1d
from bokeh.plotting import figure

from sim.base.text import Language, Text
from sim.base.units import conversion
from sim.base.words import unit_words, with_unit_text
from sim.city.city import World
from sim.explore.bench import LEVELS, Bench, Central, Spread
from sim.report.contents.trends import target_points
from sim.report.style import GREY, INK, MISSED, SCENARIO_COLOURS
from sim.result.dataset import published_series

_FACES = "Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
_FIRST, _HEIGHT = 2015, 235
_BANDS = (("80% 区间", "80 % band", LEVELS[0], LEVELS[-1], 0.22), ("50% 区间", "50 % band", LEVELS[1], LEVELS[-2], 0.32))


@dataclass(frozen=True)
class Chart:
    """One figure and the sources of its lines and bands."""

    name: str
    figure: figure
    scale: float
    now: ColumnDataSource
    bands: ColumnDataSource
    before: ColumnDataSource

    def show(self, central: Central, region: str) -> None:
        """Move the line of the present levers."""
        values = central.series(self.name, region)
        self.now.data = {"year": list(values), "value": [self.scale * value for value in values.values()]}

    def spread(self, spread: Spread, first: Spread, years: list[int]) -> None:
        """Move the bands, and both lines to the medians of their draws."""
        rows = self.scale * spread.bands[self.name]
        then = self.scale * first.bands[self.name][_MIDDLE]
        self.now.data = {"year": years, "value": rows[_MIDDLE].tolist()}
        self.before.data = {"year": years[: len(then)], "value": then.tolist()}
        self.bands.data = {"year": years, **{_key(level): row.tolist() for level, row in zip(LEVELS, rows, strict=True)}}


_MIDDLE = LEVELS.index(0.5)


def _key(level: float) -> str:
    return f"q{100 * level:.0f}"


def charts_of(bench: Bench, first: Bench, language: Language) -> list[Chart]:
    """A chart for every series, beside the scenario `first` that was opened."""
    return [_chart(bench, first, name, language) for name in bench.series]


def _chart(bench: Bench, first: Bench, name: str, language: Language) -> Chart:
    world = bench.case.world
    unit = bench.still.results[name].attrs["units"]
    shown = "%" if unit == "ratio" else unit
    scale = conversion(unit, shown)
    title = with_unit_text(
        world.labels.variables[name].in_language(language), unit_words(shown).in_language(language), language
    )
    made = figure(height=_HEIGHT, sizing_mode="stretch_width", title=title, toolbar_location=None)
    made.x_range = Range1d(start=_FIRST, end=bench.case.last_year + 1)
    now, bands = ColumnDataSource(), ColumnDataSource()
    for zh, en, low, high, alpha in _BANDS:
        made.varea(
            "year", _key(low), _key(high), source=bands, fill_color=SCENARIO_COLOURS[0], fill_alpha=alpha,
            legend_label=Text(zh, en).in_language(language),
        )  # fmt: skip
    _history(made, world, name, shown, language)
    then = first.still.series(name, world.city.key)
    before = ColumnDataSource({"year": list(then), "value": [scale * value for value in then.values()]})
    opened = Text("打开时的情景", "as opened").in_language(language)
    made.line("year", "value", source=before, color=GREY, line_dash="dashed", line_width=1.6, legend_label=opened)
    present = Text("现在", "now").in_language(language)
    made.line("year", "value", source=now, color=SCENARIO_COLOURS[0], line_width=2.6, legend_label=present)
    for year, value in target_points(bench.still.scores, world.city.key, name, shown):
        made.scatter(
            [year], [value], marker="star", size=15, color=MISSED, legend_label=Text("目标", "target").in_language(language)
        )
    _dress(made)
    return Chart(name, made, scale, now, bands, before)


def _history(made: figure, world: World, name: str, unit: str, language: Language) -> None:
    check = next((item for item in world.checks if item.variable == name and item.reading != "growth"), None)
    published = {} if check is None else published_series(check, world.city.history, world.city.key)
    points = {year: datum.in_unit(unit) for year, datum in published.items() if year >= _FIRST}
    if points:
        label = Text("统计数", "statistics").in_language(language)
        made.line(list(points), list(points.values()), color=INK, line_width=1.2, legend_label=label)
        made.scatter(list(points), list(points.values()), color=INK, size=5, legend_label=label)


def _dress(made: figure) -> None:
    """One look for all, with faces that have Chinese letters."""
    for part in (made.title, made.xaxis, made.yaxis):
        for key in ("text_font", "major_label_text_font"):
            if hasattr(part, key):
                setattr(part, key, _FACES)
    made.yaxis.formatter = NumeralTickFormatter(format="0,0.[0]")
    made.legend.visible = False
    made.grid.grid_line_color = "#e4e7eb"
    made.outline_line_color = None
