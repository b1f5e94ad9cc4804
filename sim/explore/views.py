"""Views of an answer: fan charts that move with the sliders, scorecard and conflict map as HTML with every text escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from bokeh.models import BasicTicker, ColumnDataSource, NumeralTickFormatter, Range1d
from bokeh.models.annotations import Title
from bokeh.plotting import figure

from sim.base.text import Language, Text
from sim.base.units import conversion
from sim.base.words import NONE, chance, plain, signed, undecided, unit_text, with_unit_text
from sim.city.city import City
from sim.explore.levers import LEVELS, Central, DrawnAnswer, LeverView
from sim.plan.rule import VERDICTS
from sim.plan.scorecard import Score
from sim.report.forms.page import template
from sim.report.score_words import VERDICT_TONES, score_cells
from sim.report.style import GREY, INK, MISSED, SCENARIO_COLOURS
from sim.report.trends import target_points
from sim.result.dataset import published_series

FACES = "Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
_BEFORE, _HEIGHT = 5, 235
_BANDS = ((Text("80% 区间", "80 % band"), 0, -1, 0.22), (Text("50% 区间", "50 % band"), 1, -2, 0.32))
_YEARS = 4
"""Years below a chart, about: three charts stand abreast, and of more years the numbers would touch."""
_MIDDLE = LEVELS.index(0.5)
_KEYS = [f"q{100 * level:.0f}" for level in LEVELS]


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

    def spread(self, drawn: DrawnAnswer, first: DrawnAnswer, years: list[int]) -> None:
        """Move the bands, and both lines to the medians of their draws."""
        rows = self.scale * drawn.bands[self.name]
        then = self.scale * first.bands[self.name][_MIDDLE]
        self.now.data = {"year": years, "value": rows[_MIDDLE].tolist()}
        self.before.data = {"year": years[: len(then)], "value": then.tolist()}
        self.bands.data = {"year": years, **dict(zip(_KEYS, rows.tolist(), strict=True))}


def charts_of(levers: LeverView, first: LeverView, language: Language) -> list[Chart]:
    """Make a chart for every series, beside the scenario `first` that was opened."""
    return [_chart(levers, first, name, language) for name in levers.series]


def _chart(levers: LeverView, first: LeverView, name: str, language: Language) -> Chart:
    city, colour = levers.case.city, SCENARIO_COLOURS[0]
    unit = levers.still.results[name].attrs["units"]
    shown = "%" if unit == "ratio" else unit
    scale = conversion(unit, shown)
    title = with_unit_text(city.labels.variables[name].in_language(language), unit_text(shown, language), language)
    head = Title(text=title, text_font=FACES)
    made = figure(height=_HEIGHT, sizing_mode="stretch_width", title=head, toolbar_location=None)
    now, bands = ColumnDataSource(), ColumnDataSource()
    for label, low, high, alpha in _BANDS:
        said = label.in_language(language)
        made.varea("year", _KEYS[low], _KEYS[high], source=bands, fill_color=colour, fill_alpha=alpha, legend_label=said)
    history = _published(city, name, shown)
    if history:
        years, said = list(history), Text("统计数", "statistics").in_language(language)
        made.line(years, list(history.values()), color=INK, line_width=1.2, legend_label=said)
        made.scatter(years, list(history.values()), color=INK, size=5, legend_label=said)
    base = city.data.settings.base_year
    made.x_range = Range1d(start=base - _BEFORE if history else base, end=levers.case.last_year + 1)
    then = first.still.series(name, city.data.key)
    before = ColumnDataSource({"year": list(then), "value": [scale * value for value in then.values()]})
    opened, present = (text.in_language(language) for text in (Text("打开时的情景", "as opened"), Text("现在", "now")))
    made.line("year", "value", source=before, color=GREY, line_dash="dashed", line_width=1.6, legend_label=opened)
    made.line("year", "value", source=now, color=colour, line_width=2.6, legend_label=present)
    for year, value in target_points(levers.still.scores, city.data.key, name, shown):
        target = Text("目标", "target").in_language(language)
        made.scatter([year], [value], marker="star", size=15, color=MISSED, legend_label=target)
    made.xaxis.major_label_text_font = made.yaxis.major_label_text_font = FACES  # it has Chinese letters
    made.yaxis.formatter = NumeralTickFormatter(format="0,0.[0]")
    made.legend.visible = False
    made.xaxis.ticker = BasicTicker(desired_num_ticks=_YEARS)
    made.grid.grid_line_color, made.outline_line_color = "#e4e7eb", None
    return Chart(name, made, scale, now, bands, before)


def _published(city: City, name: str, unit: str) -> dict[int, float]:
    """Return what was published of a variable from shortly before the base year on."""
    check = next((item for item in city.checks if item.variable == name and item.reading != "growth"), None)
    published = {} if check is None else published_series(check, city.data.history, city.data.key)
    first = city.data.settings.base_year - _BEFORE
    return {year: datum.in_unit(unit) for year, datum in published.items() if year >= first}


_HEADS = Text(
    "目标|年份|目标值|打开时{0}|现在{0}|变化|判定|概率", "Target|Year|Plan|As opened{0}|Now{0}|Change|Verdict|Probability"
)
_MEDIAN, _CENTRAL = Text("（中位数）", " (median)"), Text("（中心情景）", " (central run)")
_PUBLISHED = Text("（据公布数）", " (published)")
_DEEP, _STRONG, _ROUNDING = 3.0, 0.75, 5e-13


def scorecard(now: Sequence[Score], first: Sequence[Score], drawn: DrawnAnswer | None, language: Language) -> str:
    """Write a row for every target that is judged: as opened, now, and its chance; both by their draws once these are made."""
    before = {score.target.id: score for score in first}
    rows = [_row(score, before.get(score.target.id), language) for score in now if score.projected is not None]
    if not rows:
        return f"<p>{escape(Text('本情景没有可评分的目标。', 'No target to score.').in_language(language))}</p>"
    heads = _HEADS.in_language(language).format((_CENTRAL if drawn is None else _MEDIAN).in_language(language)).split("|")
    return str(_tables().scorecard(heads, rows, _joint(now, drawn).in_language(language)))


def _tables() -> Any:
    return template("sliders.html.j2").module


def _row(score: Score, before: Score | None, language: Language) -> dict[str, str]:
    then = None if before is None else before.projected
    moved = None if then is None or score.projected is None else score.projected - then
    said = VERDICTS[score.verdict] + (_PUBLISHED if score.judged_by == "data" else Text("", ""))
    return score_cells(score, language) | {
        "id": score.target.id,
        "was": plain(then, score.target.unit),
        "now": plain(score.projected, score.target.unit),
        "change": NONE if moved is None or abs(moved) < _ROUNDING else signed(moved),
        "tone": VERDICT_TONES[score.verdict],
        "verdict": said.in_language(language),
    }


def _joint(scores: Sequence[Score], drawn: DrawnAnswer | None) -> Text:
    if drawn is None or drawn.joint is None:
        return Text("", "")
    still = undecided(any(score.judged_by == "data" and score.projected is not None for score in scores))
    share, count = chance(drawn.joint.probability), f"{drawn.count:,}"
    zh = f"{still.zh}目标全部同时实现的概率 {share}（{count} 次抽样）"
    return Text(zh, f"All {still.en}targets together: {share} ({count} draws)")


def conflict_map(drawn: DrawnAnswer | None, names: Sequence[str], labels: Mapping[str, Text], language: Language) -> str:
    """Write how much more often both targets of a pair are met than if independent; orange below one, purple above."""
    if drawn is None or len(names) < 2:  # noqa: PLR2004  a pair takes two
        return ""
    cells = [[_pair(drawn, row, column) for column in range(len(names))] for row in range(len(names))]
    return str(_tables().conflicts([labels[name].in_language(language) for name in names], cells))


def _pair(drawn: DrawnAnswer, row: int, column: int) -> dict[str, Any]:
    value = float(drawn.lift[row, column])
    if row == column or not np.isfinite(value):
        return {"text": "", "look": {}}
    part = min(abs(np.log(max(value, 1e-6))) / np.log(_DEEP), 1.0) * _STRONG
    tint = f"rgba(179,88,6,{part:.2f})" if value < 1.0 else f"rgba(84,39,136,{part:.2f})"
    return {"text": f"{value:.2f}", "look": {"style": f"background:{tint}"} if drawn.clear[row, column] else {"class": "quiet"}}
