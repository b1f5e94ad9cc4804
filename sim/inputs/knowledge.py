"""What was known when: a run as of Y rests on nothing published after the year in which the bulletin of Y comes out, Y + 1."""

from __future__ import annotations

from typing import Literal, overload

from sim.base.errors import Fault, InputError, Place
from sim.base.text import Text

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


def fail_if_not_yet(known_from: int, vintage: int, place: Place) -> None:
    """Nothing that stands in the data was published after the year in which they were last brought up to date.

    Raises
    ------
    InputError
        when `known_from` lies later.
    """
    if known_from > vintage:
        message = Text(f"known_from {known_from} 晚于数据截止的 {vintage} 年", f"known_from {known_from} lies after {vintage}")
        raise InputError(Fault(message, place, until(vintage)))


def until(vintage: int) -> Text:
    """How far the data reach, and what to do about it."""
    return Text(
        f"数据截至 {vintage} 年；有更新的数据时，改模型 indicators.yaml 的 vintage",
        f"the data end with {vintage}; for later ones, raise `vintage` in the model's indicators.yaml",
    )
