"""What was known when: a run as of Y rests on nothing published after the year in which the bulletin of Y comes out, Y + 1."""

from __future__ import annotations

from typing import Literal, overload

KnownFrom = int | Literal["any"]
"""Year of publication; `any` for what rests on no datum and could have been said at any time."""
ANY_TIME = 0
"""How `any` is kept in records."""


@overload
def year_known(text: KnownFrom) -> int: ...
@overload
def year_known(text: KnownFrom | None) -> int | None: ...
def year_known(text: KnownFrom | None) -> int | None:
    """As kept in records: `any` is year 0, and what is not said stays unsaid."""
    return ANY_TIME if text == "any" else text


def is_known(known_from: int | None, as_of: int | None) -> bool:
    """Whether a run as of a year may use it. Without a year everything is known; what says no year of publication is not."""
    if as_of is None:
        return True
    return known_from is not None and known_from <= as_of + 1
