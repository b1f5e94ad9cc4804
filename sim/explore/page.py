"""The page: sliders on the left, results on the right. One object a person; nothing of it is shared."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from io import StringIO
from pathlib import Path
from typing import Any, ClassVar

import panel as pn
from bokeh.models.widgets import Div

from sim.base.errors import SimError
from sim.base.text import Language, Text
from sim.base.words import fine
from sim.explore.levers import Central, DrawnAnswer, LeverView, State
from sim.explore.saving import load_levers, scenario_text
from sim.explore.sliders import Slider, reference_year, value_in
from sim.explore.views import FACES, charts_of, conflict_map, scorecard

CSS = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
_ROOT = {"font-family": FACES, "padding": "10px 16px"}
_WIDTH = 340


class _Box(pn.widgets.FloatInput):
    """A box whose entry is answered at once: the library waits for more events, which typing does not bring."""

    _debounce: ClassVar[int] = 0


class _Track(pn.widgets.FloatSlider):
    """A slider whose moves are gathered only briefly while it is drawn."""

    _debounce: ClassVar[int] = 10


class LeverWidgets:
    """The two widgets of a lever; `moved` hears of every move by a person, and of none that `put` makes."""

    def __init__(self, slider: Slider, name: str, value: float, moved: Callable[[str, float], None]) -> None:
        self.slider, self._moved, self._is_putting = slider, moved, False
        ends = {"start": slider.low, "end": slider.high, "step": slider.notch, "value": value, "width": _WIDTH}
        self._box = _Box(name=name, **ends)
        self._track = _Track(name="", show_value=False, margin=(0, 10, 4, 10), **ends)
        for widget in (self._box, self._track):
            widget.param.watch(self._on_change, "value")

    @property
    def parts(self) -> tuple[pn.viewable.Viewable, ...]:
        """Parts that are shown, from the top down."""
        return self._box, self._track

    def put(self, value: float) -> None:
        """Show a value that nobody moved it to."""
        self._is_putting = True
        self._box.value = self._track.value = value
        self._is_putting = False

    def _on_change(self, event: Any) -> None:
        if self._is_putting or event.new is None:
            return
        value = min(max(float(event.new), self.slider.low), self.slider.high)
        self.put(value)
        self._moved(self.slider.key, value)


_SOON = 60
"""Milliseconds after the last move until the draws are made, so that a slider that is being drawn is not held up."""
_COLUMNS = 3
_SCROLLED = {"max-height": "calc(100vh - 110px)", "overflow-y": "auto", "overflow-x": "hidden"}


class Page:
    """The session of one person."""

    def __init__(self, first: LeverView, language: Language) -> None:
        self._first, self._language = first, language
        self._state = State(first)
        self._root = pn.Column(sizing_mode="stretch_width", styles=_ROOT)
        self._waiting: Any = None
        self._build()

    def view(self) -> pn.viewable.Viewable:
        """Return the part that holds all others."""
        return self._root

    def _say(self, zh: str, en: str) -> str:
        return zh if self._language == "zh" else en

    @property
    def _levers(self) -> LeverView:
        return self._state.levers

    def _build(self) -> None:
        """Make the whole page anew: at first, in another language, with another scenario."""
        self._faults = pn.pane.HTML("", sizing_mode="stretch_width", stylesheets=[CSS])
        self._score, self._map = _told(), _told()
        sliders = (slider for group in self._levers.groups for slider in group.sliders)
        self._sliders = {slider.key: self._slider(slider) for slider in sliders}
        self._charts = charts_of(self._levers, self._first, self._language)
        left = pn.Column(self._since(), self._groups(), width=400, styles=_SCROLLED)
        parts = (self._faults, self._score, self._plotted(), *self._conflicts())
        right = pn.Column(*parts, sizing_mode="stretch_width", min_width=620)
        self._root[:] = [self._head(), pn.Row(left, right, sizing_mode="stretch_width")]
        self._answer(now=True)

    def _head(self) -> pn.viewable.Viewable:
        """Title, and what can be done with the page as a whole."""
        name = escape(self._levers.case.scenario.name.in_language(self._language))
        city = escape(self._levers.case.city.data.settings.name.in_language(self._language))
        title = pn.pane.HTML(f"<h1>{city} · {name}</h1>", sizing_mode="stretch_width", stylesheets=[CSS])
        self._undo = self._button("撤销", "Undo", self._on_undo)
        self._reset = self._button("还原", "Reset", self._on_reset)
        other = self._button("English", "中文", self._on_language)
        save = self._say("保存为情景文件", "Save as a scenario file")
        download = pn.widgets.FileDownload(callback=self._file, filename="scenario.yaml", label=save, width=190)
        name = self._say("载入情景文件", "Load a scenario file")
        load = pn.widgets.FileInput(accept=".yaml,.yml", multiple=False, width=230, name=name)
        load.param.watch(self._on_load, "value")
        return pn.Column(title, pn.Row(self._undo, self._reset, download, other, load, align="end"))

    def _button(self, zh: str, en: str, act: Callable[[Any], None]) -> pn.widgets.Button:
        button = pn.widgets.Button(name=self._say(zh, en), width=90)
        button.on_click(act)
        return button

    def _since(self) -> pn.viewable.Viewable:
        """The year from which on moved levers differ from the scenario."""
        years = list(range(self._levers.first_year, self._levers.case.last_year + 1))
        name = self._say("拖动自哪一年起生效", "moves act from the year")
        chosen = pn.widgets.Select(name=name, options=years, value=self._state.since, width=200)
        chosen.param.watch(self._on_since, "value")
        return chosen

    def _place(self, slider: Slider) -> float:
        """Return the value of a slider: that to which it was moved, or that of the scenario."""
        case, since = self._levers.case, self._state.since
        return self._state.moves.get(slider.key, value_in(case, slider.key, reference_year(case, since)))

    def _groups(self) -> pn.viewable.Viewable:
        boxes = []
        for group in self._levers.groups:
            parts = [part for slider in group.sliders for part in (*self._sliders[slider.key].parts, self._help(slider))]
            title = escape(group.title.in_language(self._language))  # the library shows it as HTML
            boxes.append((title, pn.Column(*parts, width=360)))
        return pn.Accordion(*boxes, active=list(range(len(boxes))), width=375, header_background="#eef1f4")

    def _slider(self, slider: Slider) -> LeverWidgets:
        name = f"{slider.label.in_language(self._language)} ({slider.unit.in_language(self._language)})"
        return LeverWidgets(slider, name, self._place(slider), self._on_move)

    def _help(self, slider: Slider) -> pn.pane.HTML:
        """Range, source and the commitments of the plan, folded."""
        parts = [part.in_language(self._language) for part in (slider.unit, slider.source, *slider.commitments)]
        parts[0] = f"{fine(slider.low)} – {fine(slider.high)} {parts[0]}"
        lines = "".join(f"<li>{escape(part)}</li>" for part in parts)
        head = self._say("范围与来源", "range and source")
        if self._levers.case.selection.targets:
            head = self._say("范围、来源与规划承诺", "range, source and what the plan commits to")
        return pn.pane.HTML(f"<details><summary>{head}</summary><ul>{lines}</ul></details>", width=340, stylesheets=[CSS])

    def _plotted(self) -> pn.viewable.Viewable:
        figures = [chart.figure for chart in self._charts]
        for legend in [legend for made in figures[:1] for legend in made.legend]:
            legend.update(visible=True, location="bottom_right", label_text_font_size="8pt")
            legend.update(spacing=0, padding=4, background_fill_alpha=0.7)
        panes = [pn.pane.Bokeh(made, sizing_mode="stretch_width") for made in figures]
        return pn.GridBox(*panes, ncols=_COLUMNS, sizing_mode="stretch_width")

    def _conflicts(self) -> list[pn.viewable.Viewable]:
        if len(self._levers.conditions.names) < 2:  # noqa: PLR2004  a pair takes two
            return []
        head = self._say(
            "目标之间：同时实现的概率是互不相关时的几倍（小于 1 冲突，橙；大于 1 支持，紫；灰字在误差以内）",
            "Pairs of targets: how many times as often both are met as if independent (orange: conflict, purple: support)",
        )
        return [pn.pane.HTML(f"<h2>{head}</h2>", stylesheets=[CSS]), pn.pane.Bokeh(self._map)]

    def _on_move(self, key: str, value: float) -> None:
        self._state.move(key, value)
        self._answer()

    def _on_since(self, event: Any) -> None:
        self._state.go(since=int(event.new))
        self._shown_anew(self._levers)

    def _on_undo(self, _: Any) -> None:
        levers, since = self._levers, self._state.since
        self._state.undo()
        self._shown_anew(levers if since == self._state.since else None)

    def _on_reset(self, _: Any) -> None:
        self._state.go(moves={})
        self._shown_anew(self._levers)

    def _shown_anew(self, before: LeverView | None) -> None:
        """Put the sliders where they stand now; another scenario, or a year that was taken back, takes another page."""
        if self._levers is not before:
            self._build()
            return
        for lever in self._sliders.values():
            lever.put(self._place(lever.slider))
        self._answer()

    def _on_language(self, _: Any) -> None:
        self._language = "en" if self._language == "zh" else "zh"
        self._build()

    def _on_load(self, event: Any) -> None:
        """A scenario file takes the place of the one that is shown, if it passes every check."""
        if not event.new:
            return
        try:
            city = self._levers.case.city
            name, prior = event.obj.filename or "scenario.yaml", self._levers.prior
            levers = load_levers(bytes(event.new), name, city.home, city, prior=prior)
        except SimError as error:
            self._say_faults(error)
            return
        self._state.replace(levers)
        self._build()

    def _file(self) -> StringIO:
        return StringIO(scenario_text(self._levers, self._state.moves, self._state.since))

    def _answer(self, *, now: bool = False) -> None:
        """Show the central run at once, the draws soon, and nothing that is not known of the present levers."""
        self._undo.disabled, self._reset.disabled = not self._state.can_undo, not self._state.moves
        self._put_off()
        try:
            central = self._levers.answer(self._state.moves, self._state.since)
        except SimError as error:
            self._score.text = self._map.text = ""
            self._say_faults(error)
            return
        self._faults.object = ""
        self._show(central, None)  # numbers first: browsers draw in the order in which they are told
        for chart in self._charts:
            chart.show(central, self._levers.case.city.data.key)
        document = pn.state.curdoc
        if now or document is None or document.session_context is None:
            self._draw(central)
        else:
            self._waiting = document.add_timeout_callback(lambda: self._draw(central), _SOON)

    def _put_off(self) -> None:
        """Cancel the draws of levers that have been moved since."""
        if self._waiting is not None and pn.state.curdoc is not None:
            pn.state.curdoc.remove_timeout_callback(self._waiting)
        self._waiting = None

    def _draw(self, central: Central) -> None:
        """Show the draws: bands, probabilities, conflicts."""
        self._waiting = None
        try:
            moves = self._state.moves
            drawn = self._levers.spread(moves, since=self._state.since) if moves else self._levers.still_spread
        except SimError as error:
            self._say_faults(error)
            return
        self._show(central, drawn)
        years = [int(year) for year in central.results["year"].values]
        for chart in self._charts:
            chart.spread(drawn, self._first.still_spread, years)

    def _show(self, central: Central, drawn: DrawnAnswer | None) -> None:
        labels = {score.target.id: score.target.name for score in central.scores}
        first = self._first.still
        now = central.scores if drawn is None else drawn.judged(central)
        then = first.scores if drawn is None else self._first.still_spread.judged(first)
        self._score.text = scorecard(now, then, drawn, self._language)
        if drawn is None:
            self._map.text = self._map.text.replace('class="sim map"', 'class="sim map old"')
        else:
            self._map.text = conflict_map(drawn, self._levers.conditions.names, labels, self._language)

    def _say_faults(self, error: SimError) -> None:
        lines = "<br>".join(escape(line) for line in error.lines(self._language))
        self._faults.object = f'<div class="faults" role="alert">{lines}</div>'


def _told() -> Div:
    """A place for a table. Not a pane: its changes go out at once and in order, those of panes after everything else."""
    return Div(text="", sizing_mode="stretch_width", stylesheets=[CSS], disable_math=True)


def denied(language: Language) -> pn.viewable.Viewable:
    """Return the page of somebody who does not know the token."""
    zh = "需要令牌：请使用启动时显示的完整地址。"
    text = Text(zh, "A token is needed: use the whole address that was printed at the start.")
    return pn.pane.HTML(f"<p>{escape(text.in_language(language))}</p>")
