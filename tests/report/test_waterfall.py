"""The axis of a waterfall starts at zero, or its break is marked on the axis and on every bar that stands on the ground."""

from __future__ import annotations

import pytest

from sim.base.text import Text
from sim.report import style
from sim.report.figures import Frame
from sim.report.figures.bars import BREAK, Fall, Step, Waterfall


def fall(start: float, change: float, target: float | None) -> Waterfall:
    words = Text("甲", "a")
    steps = Step(words, start, is_whole=True), Step(words, change), Step(words, start + change, is_whole=True)
    return Waterfall(Frame(words, words, words), (Fall(words, words, steps, target),))


@pytest.mark.parametrize(
    ("start", "change", "target", "is_broken"),
    [
        (4740.0, 167.0, 5500.0, True),
        (1136.0, 162.0, 1500.0, True),
        (1.0, 2.0, 3.5, False),
        (0.02, 0.9, None, False),
        (3.0, -4.0, 2.0, False),
        (20.5, 0.2, 30.0, True),
    ],
)
def test_a_waterfall_starts_at_zero_or_shows_the_break(
    start: float,
    change: float,
    target: float | None,
    is_broken: bool,  # noqa: FBT001
) -> None:
    with style.house_style():
        (axes,) = fall(start, change, target).draw("zh").axes
    marks = [line for line in axes.lines if line.get_label() == BREAK]
    assert (axes.get_xlim()[0] > 0.0) == is_broken
    assert len(marks) == (2 + 2 * 2 if is_broken else 0)
