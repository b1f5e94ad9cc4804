"""The page: sliders on the left, results on the right. One object a person; nothing of it is shared."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from io import StringIO
from typing import Any, ClassVar

import panel as pn
from bokeh.models.widgets import Div

from sim.base.errors import SimError
from sim.base.text import Language, Text
from sim.explore import tables
from sim.explore.bench import Bench, Central, Spread
from sim.explore.charts import charts_of
from sim.explore.saving import load_bench, scenario_text
from sim.explore.sliders import Group, Slider, range_text, reference_year, value_in
from sim.explore.state import State
from sim.explore.tables import CSS, PAGE_CSS

_WIDTH = 340


class _Box(pn.widgets.FloatInput):
    """A box whose entry is answered at once: the library waits for more events, which typing does not bring."""

    _debounce: ClassVar[int] = 0


class _Track(pn.widgets.FloatSlider):
    """A slider whose moves are gathered only briefly while it is drawn."""

    _debounce: ClassVar[int] = 10


class Lever:
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
        """What is shown, from the top down."""
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

    def __init__(self, first: Bench, language: Language) -> None:
        self._first, self._language = first, language
        self._state = State(first)
        self._root = pn.Column(sizing_mode="stretch_width", stylesheets=[PAGE_CSS])
        self._waiting: Any = None
        self._build()

    def view(self) -> pn.viewable.Viewable:
        """What is shown."""
        return self._root

    def _say(self, zh: str, en: str) -> str:
        return zh if self._language == "zh" else en

    @property
    def _bench(self) -> Bench:
        return self._state.bench

    def _build(self) -> None:
        """The whole page anew: at first, in another language, with another scenario."""
        self._faults = pn.pane.HTML("", sizing_mode="stretch_width", stylesheets=[CSS])
        self._score, self._map = _told(), _told()
        sliders = (slider for group in self._bench.groups for slider in group.sliders)
        self._sliders = {slider.key: self._slider(slider) for slider in sliders}
        self._charts = charts_of(self._bench, self._first, self._language)
        left = pn.Column(self._since(), self._groups(), width=400, styles=_SCROLLED)
        right = pn.Column(
            self._faults, self._score, self._drawn(), self._conflicts(), sizing_mode="stretch_width", min_width=620
        )
        self._root[:] = [self._head(), pn.Row(left, right, sizing_mode="stretch_width")]
        self._answer(now=True)

    def _head(self) -> pn.viewable.Viewable:
        """Title, and what can be done with the page as a whole."""
        name = escape(self._bench.case.scenario.name.in_language(self._language))
        city = escape(self._bench.case.world.city.settings.name.text().in_language(self._language))
        title = pn.pane.HTML(f"<h1>{city} · {name}</h1>", sizing_mode="stretch_width", stylesheets=[CSS])
        self._undo = self._button("撤销", "Undo", self._on_undo)
        self._reset = self._button("还原", "Reset", self._on_reset)
        other = self._button("English", "中文", self._on_language)
        self._download = pn.widgets.FileDownload(
            callback=self._file,
            filename="scenario.yaml",
            label=self._say("保存为情景文件", "Save as a scenario file"),
            width=190,
        )
        load = pn.widgets.FileInput(
            accept=".yaml,.yml", multiple=False, width=230, name=self._say("载入情景文件", "Load a scenario file")
        )
        load.param.watch(self._on_load, "value")
        return pn.Column(title, pn.Row(self._undo, self._reset, self._download, other, load, align="end"))

    def _button(self, zh: str, en: str, act: Callable[[Any], None]) -> pn.widgets.Button:
        button = pn.widgets.Button(name=self._say(zh, en), width=90)
        button.on_click(act)
        return button

    def _since(self) -> pn.viewable.Viewable:
        """The year from which on moved levers differ from the scenario."""
        years = list(range(self._bench.first_year, self._bench.case.last_year + 1))
        chosen = pn.widgets.Select(
            name=self._say("拖动自哪一年起生效", "moves act from the year"), options=years, value=self._state.since, width=200
        )
        chosen.param.watch(self._on_since, "value")
        return chosen

    def _place(self, slider: Slider) -> float:
        """Where a slider stands: where it was moved to, or where the scenario has the lever."""
        case, since = self._bench.case, self._state.since
        return self._state.moves.get(slider.key, value_in(case, slider.key, reference_year(case, since)))

    def _groups(self) -> pn.viewable.Viewable:
        boxes = [(self._titled(group), self._boxed(group)) for group in self._bench.groups]
        return pn.Accordion(*boxes, active=list(range(len(boxes))), width=375, header_background="#eef1f4")

    def _titled(self, group: Group) -> str:
        """The head of a group, which the library shows as HTML."""
        return escape(group.title.in_language(self._language))

    def _boxed(self, group: Group) -> pn.viewable.Viewable:
        parts = [part for slider in group.sliders for part in (*self._sliders[slider.key].parts, self._help(slider))]
        return pn.Column(*parts, width=360)

    def _slider(self, slider: Slider) -> Lever:
        name = f"{slider.label.in_language(self._language)} ({slider.unit.in_language(self._language)})"
        return Lever(slider, name, self._place(slider), self._on_move)

    def _help(self, slider: Slider) -> pn.pane.HTML:
        """Range, source and what the plan commits to, folded."""
        parts = [range_text(slider), slider.source, *slider.commitments]
        lines = "".join(f"<li>{escape(part.in_language(self._language))}</li>" for part in parts)
        head = self._say("范围、来源与规划承诺", "range, source and what the plan commits to")
        return pn.pane.HTML(f"<details><summary>{head}</summary><ul>{lines}</ul></details>", width=340, stylesheets=[CSS])

    def _drawn(self) -> pn.viewable.Viewable:
        figures = [chart.figure for chart in self._charts]
        if figures:
            figures[0].legend.visible = True
            _small(figures[0].legend)
        panes = [pn.pane.Bokeh(made, sizing_mode="stretch_width") for made in figures]
        return pn.GridBox(*panes, ncols=_COLUMNS, sizing_mode="stretch_width")

    def _conflicts(self) -> pn.viewable.Viewable:
        head = self._say(
            "目标之间：同时实现的概率是互不相关时的几倍（小于 1 冲突，橙；大于 1 支持，紫；灰字在误差以内）",
            "Pairs of targets: how many times as often both are met as if independent (orange: conflict, purple: support)",
        )
        return pn.Column(
            pn.pane.HTML(f"<h2>{head}</h2>", stylesheets=[CSS]), pn.pane.Bokeh(self._map), sizing_mode="stretch_width"
        )

    def _on_move(self, key: str, value: float) -> None:
        self._state.move(key, value)
        self._answer()

    def _on_since(self, event: Any) -> None:
        self._state.act_from(int(event.new))
        self._shown_anew(self._bench)

    def _on_undo(self, _: Any) -> None:
        bench, since = self._bench, self._state.since
        self._state.undo()
        self._shown_anew(bench if since == self._state.since else None)

    def _on_reset(self, _: Any) -> None:
        self._state.reset()
        self._shown_anew(self._bench)

    def _shown_anew(self, before: Bench | None) -> None:
        """Sliders where they stand now; another scenario, or a year that was taken back, takes another page."""
        if self._bench is not before:
            self._build()
            return
        for lever in self._sliders.values():
            lever.put(self._place(lever.slider))
        self._answer()

    def _on_language(self, _: Any) -> None:
        self._language = "en" if self._language == "zh" else "zh"
        self._build()

    def _on_load(self, event: Any) -> None:
        """A scenario file takes the place of the one on the bench, if it passes every check."""
        if not event.new:
            return
        try:
            world = self._bench.case.world
            bench = load_bench(bytes(event.new), event.obj.filename or "scenario.yaml", world.home, world)
        except SimError as error:
            self._say_faults(error)
            return
        self._state.replace(bench)
        self._build()

    def _file(self) -> StringIO:
        return StringIO(scenario_text(self._bench, self._state.moves, self._state.since))

    def _answer(self, *, now: bool = False) -> None:
        """The central run at once, the draws soon. What is not known of the present levers is not shown."""
        self._undo.disabled, self._reset.disabled = not self._state.can_undo, not self._state.moves
        self._put_off()
        try:
            central = self._bench.answer(self._state.moves, self._state.since)
        except SimError as error:
            self._score.text = self._map.text = ""
            self._say_faults(error)
            return
        self._faults.object = ""
        self._show(central, None)  # numbers first: browsers draw in the order in which they are told
        for chart in self._charts:
            chart.show(central, self._bench.case.world.city.key)
        document = pn.state.curdoc
        if now or document is None or document.session_context is None:
            self._draw(central)
        else:
            self._waiting = document.add_timeout_callback(lambda: self._draw(central), _SOON)

    def _put_off(self) -> None:
        """Draws that were to be made of what has changed since are not made."""
        if self._waiting is not None and pn.state.curdoc is not None:
            pn.state.curdoc.remove_timeout_callback(self._waiting)
        self._waiting = None

    def _draw(self, central: Central) -> None:
        """The draws: bands, probabilities, conflicts."""
        self._waiting = None
        try:
            moved = bool(self._state.moves)
            spread = self._bench.spread(self._state.moves, since=self._state.since) if moved else self._bench.still_spread
        except SimError as error:
            self._say_faults(error)
            return
        self._show(central, spread)
        years = [int(year) for year in central.results["year"].values]
        for chart in self._charts:
            chart.spread(spread, self._first.still_spread, years)

    def _show(self, central: Central, spread: Spread | None) -> None:
        labels = {score.target.id: score.target.name for score in central.scores}
        first = self._first.still
        now = central.scores if spread is None else spread.judged(central)
        then = first.scores if spread is None else self._first.still_spread.judged(first)
        self._score.text = tables.scorecard(now, then, spread, self._language)
        if spread is None:
            self._map.text = self._map.text.replace('class="sim map"', 'class="sim map old"')
        else:
            self._map.text = tables.conflict_map(spread, self._bench.conditions.names, labels, self._language)

    def _say_faults(self, error: SimError) -> None:
        lines = "<br>".join(escape(line) for line in error.lines(self._language))
        self._faults.object = f'<div class="faults" role="alert">{lines}</div>'


def _told() -> Div:
    """A place for a table. Not a pane: its changes go out at once and in order, those of panes after everything else."""
    return Div(text="", sizing_mode="stretch_width", stylesheets=[CSS], disable_math=True)


def _small(legends: list[Any]) -> None:
    for legend in legends:
        legend.location, legend.label_text_font_size = "top_left", "8pt"
        legend.spacing, legend.padding, legend.background_fill_alpha = 0, 4, 0.7


def denied(language: Language) -> pn.viewable.Viewable:
    """What somebody sees who does not know the token."""
    text = Text(
        "需要令牌：请使用启动时显示的完整地址。", "A token is needed: use the whole address that was printed at the start."
    )
    return pn.pane.HTML(f"<p>{escape(text.in_language(language))}</p>")
