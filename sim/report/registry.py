"""Figures that register themselves: a file of `figures/` that draws one says in which chapter it stands.

All files of that folder are imported when a report is written, so that a wrong or a doubled name ends the program at its start.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from sim.base.text import Text
from sim.report.chapters import Part, pictured
from sim.report.document import Picture, not_drawn
from sim.report.figures import Figure
from sim.report.view import View
from sim.simulate.result import Result

_log = logging.getLogger(__name__)
Maker = Callable[[View, Result], Figure | None]
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


def fail_if_doubled(parts: Iterable[Part]) -> None:
    """A report names each figure once: a file, a caption and what links to it go by the name.

    Raises
    ------
    ValueError
        when two chapters have, or one has beside a registered figure, a figure of the same name.
    """
    names = Counter(block.key for part in parts for block in part.chapter.blocks if isinstance(block, Picture))
    doubled = sorted(name for name, count in names.items() if count > 1)
    if doubled:
        raise ValueError(f"there are two figures {', '.join(doubled)} in one report")


def with_registered(part: Part, view: View, result: Result, troubles: list[Text]) -> Part:
    """Return a chapter with the figures that are registered for it; what is wrong with one is added to `troubles`."""
    made = dict[str, Figure]()
    for name, (chapter, make) in REGISTERED.items():
        if chapter == part.chapter.key:
            try:
                found = make(view, result)
                if found is not None:
                    found.described()
                    hash(found)  # figures that several scenarios share are drawn once
                    made[name] = found
            except Exception as error:  # noqa: BLE001  a figure may be anybody's, and costs no report
                _log.warning("a figure was not made", exc_info=error)
                troubles.append(not_drawn(name, error))
    blocks = (*part.chapter.blocks, *pictured(made, *made))
    return Part(replace(part.chapter, blocks=blocks), {**part.figures, **made})
