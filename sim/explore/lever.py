"""One lever on the page: a slider to draw or to move by keys, and a box with its name to type into; both say the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import panel as pn

from sim.explore.sliders import Slider

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
