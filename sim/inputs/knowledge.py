"""Knowledge as of a year: a run as of Y rests on nothing published after Y + 1, in which the bulletin of Y comes out."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from sim.base.errors import Fault, InputError, Place
from sim.base.text import Text

ANY_TIME = 0
"""The form in which records keep `any`."""
KnownFrom = Annotated[int, BeforeValidator(lambda said: ANY_TIME if said == "any" else said)]
"""Year of publication; `any` for what rests on no datum and could have been said at any time."""


def is_known(known_from: int | None, as_of: int | None) -> bool:
    """Return whether a run as of a year may use it; without a year all is known, without a year of publication nothing."""
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
    """Return how far the data reach, and what to do about it."""
    return Text(
        f"数据截至 {vintage} 年；有更新的数据时，改模型 indicators.yaml 的 vintage",
        f"the data end with {vintage}; for later ones, raise `vintage` in the model's indicators.yaml",
    )
