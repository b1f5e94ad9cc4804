"""The year since which a number is known, and where one of the base year comes from.

A run as of Y rests on nothing published after Y + 1, in which the bulletin of Y comes out. A number of the base year is the
city's own figure, one of a near year, derived from its own, assumed for it, or borrowed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator

from sim.base.arrays import Truths
from sim.base.errors import Fault, InputError, Place
from sim.base.text import Text
from sim.inputs.checked import Record

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


Kind = Literal["own", "near", "derived", "assumed", "borrowed"]
KINDS: dict[Kind, Text] = {
    "own": Text("本市当年公布数", "own figure of the year"),
    "near": Text("本市邻近年份的数", "own figure of a near year"),
    "derived": Text("由本市数据推得", "derived from own figures"),
    "assumed": Text("本市自定的假设", "assumed for the city"),
    "borrowed": Text("借用", "borrowed"),
}
"""The kinds in words, the most trusted first."""
_WEAKNESS: dict[Kind, int] = {kind: place for place, kind in enumerate(KINDS)}


class Whence(Record):
    """The owner of the figures that a number was taken from: a city, the province, the nation, or an assumption."""

    zh: str
    """Chinese wording."""
    en: str
    """English wording."""
    city: str = ""
    """Folder of the city, for which the number is its own and not borrowed; left out where it is nobody's own."""

    @property
    def text(self) -> Text:
        """As a text for people."""
        return Text(self.zh, self.en)


@dataclass(frozen=True)
class BaseOrigin:
    """The way in which a number of the base year came about.

    `years` are those of the figures used where they are not of the base year itself; `whence` says from where it is borrowed.
    """

    kind: Kind
    years: tuple[int, ...] = ()
    whence: Text = Text("", "")

    @property
    def is_borrowed(self) -> bool:
        """Return whether it is no figure of the city, nor follows from such."""
        return self.kind == "borrowed"

    @property
    def text(self) -> Text:
        """As a reader sees it: the kind, and the years or the place."""
        words = KINDS[self.kind]
        if self.is_borrowed:
            return words + Text(f"：{self.whence.zh}", f": {self.whence.en}")
        if not self.years:
            return words
        return words + Text(f"（{'、'.join(map(str, self.years))} 年）", f" ({', '.join(map(str, self.years))})")


OWN = BaseOrigin("own")
DERIVED = BaseOrigin("derived")
ASSUMED = BaseOrigin("assumed")


def own_origin(evidence: str) -> BaseOrigin:
    """Return the origin of a number that the city itself states, by its grade of evidence."""
    return {"V": OWN, "A": ASSUMED}.get(evidence, DERIVED)


def borrowed(whence: Text) -> BaseOrigin:
    """The origin of what is taken from elsewhere."""
    return BaseOrigin("borrowed", whence=whence)


def weakest(origins: Iterable[BaseOrigin]) -> BaseOrigin:
    """The least trusted of some origins, with the years and the places of all that are as weak; own where there are none."""
    found = list(dict.fromkeys(origins))
    lowest = max((_WEAKNESS[item.kind] for item in found), default=0)
    chosen = [item for item in found if _WEAKNESS[item.kind] == lowest]
    if not chosen:
        return OWN
    years = sorted({year for item in chosen for year in item.years})
    places = list(dict.fromkeys(item.whence for item in chosen if item.whence.zh))
    whence = Text("、".join(place.zh for place in places), ", ".join(place.en for place in places))
    return BaseOrigin(chosen[0].kind, tuple(years), whence)


@dataclass(frozen=True, eq=False)
class BasePart:
    """Cells of a parameter's table that came about alike; `whole` is the origin of their sum where only its split is weaker."""

    cells: Truths
    origin: BaseOrigin
    whole: BaseOrigin | None = None
