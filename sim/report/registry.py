"""Figures that register themselves: a file of `figures/` that draws one says in which chapter it stands.

All files of that folder are imported when a report is written, so that a wrong or a doubled name ends the program at its start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sim.report.chapters import Part, pictured, present
from sim.report.view import View
from sim.simulate.result import Result

Maker = Callable[[View, Result], Any]
CHAPTERS = ("overall", "indicators", "works", "problems", "outlook", "advice", "methods")
REGISTERED: dict[str, tuple[str, Maker]] = {}
"""The chapter and the function of each registered figure, by its name."""


def figure(chapter: str) -> Callable[[Maker], Maker]:
    """Register a function of a view and a result: its figure stands at the end of a chapter, under the function's name.

    A function that returns None has nothing to show of this result.

    Raises
    ------
    ValueError
        when there is no such chapter, or a figure of that name already.
    """

    def register(make: Maker) -> Maker:
        name = make.__name__
        if chapter not in CHAPTERS:
            raise ValueError(f"the figure {name!r} stands in no chapter {chapter!r}: {', '.join(CHAPTERS)}")
        if name in REGISTERED:
            raise ValueError(f"there are two figures {name!r}")
        REGISTERED[name] = (chapter, make)
        return make

    return register


def with_registered(part: Part, view: View, result: Result) -> Part:
    """Return a chapter with the figures that are registered for it.

    Raises
    ------
    ValueError
        when the chapter has a figure of that name already.
    """
    made = present(**{name: make(view, result) for name, (chapter, make) in REGISTERED.items() if chapter == part.chapter.key})
    doubled = made.keys() & part.figures.keys()
    if doubled:
        raise ValueError(f"there are two figures {', '.join(sorted(doubled))} in the chapter {part.chapter.key!r}")
    blocks = (*part.chapter.blocks, *pictured(made, *made))
    return Part(replace(part.chapter, blocks=blocks), {**part.figures, **made})
