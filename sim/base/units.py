"""The units of this project: each has a dimension and a scale, and both must agree wherever quantities meet.

Within equations a share is a ratio: percent exists at the edges (files, reports) only. Current prices (亿元) and prices of 2020
(亿元_2020) are different dimensions, so a deflator is needed between them.
"""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text
from sim.base.words import UNIT_DEFINITIONS, UNIT_NAMES

if TYPE_CHECKING:
    from pint import UnitRegistry

_SPELLED_OUT = ["ratio", "index", "a", "d", "亿元_2020", "ug", "m3", "m2", "万m2", "km2", "tce", "万tce", "万t", "亿kWh"]
SPELLINGS = {"%": "percent", "％": "percent", "‰": "permille", "year": "a", "yr": "a"}
SPELLINGS |= {UNIT_NAMES[unit].zh: unit for unit in _SPELLED_OUT}
"""Spellings that people write, and that reports print, for a unit or a part of one."""
_BARE = frozenset({"ratio", "index"})
_PER = re.compile(r"/?每|[/／]|\bper\b")
_NAME = r"[^\W\d]\w*(?:\*\*-?\d)?"
_GRAMMAR = re.compile(rf"{_NAME}(?:[*/]{_NAME})*")
_WORD = re.compile(r"[^\W\d]\w*")
_MULTIPLE = re.compile(r"(?:(?P<factor>\d+(?:\.\d+)?(?:e-?\d+)?)\s+)?(?P<unit>\D.*)", re.ASCII)
_TOLERANCE = 1e-12
_LONGEST = 100


@dataclass(frozen=True)
class Unit:
    """A product of base dimensions with exponents, and the scale against those base units."""

    dimension: tuple[tuple[str, Fraction], ...] = ()
    scale: float = 1.0

    def __mul__(self, other: Unit) -> Unit:
        exponents = dict(self.dimension)
        for name, exponent in other.dimension:
            exponents[name] = exponents.get(name, Fraction(0)) + exponent
        kept = tuple(sorted((name, exponent) for name, exponent in exponents.items() if exponent))
        return Unit(kept, self.scale * other.scale)

    def __pow__(self, exponent: Fraction | int) -> Unit:
        scaled = tuple((name, power * exponent) for name, power in self.dimension if exponent)
        return Unit(scaled, self.scale ** float(exponent))

    def __truediv__(self, other: Unit) -> Unit:
        return self * other**-1

    def matches(self, other: Unit) -> bool:
        """Equal dimension and equal scale."""
        return self.dimension == other.dimension and math.isclose(self.scale, other.scale, rel_tol=_TOLERANCE)

    @property
    def is_plain(self) -> bool:
        """A bare number: no dimension, scale one."""
        return self.matches(PLAIN)

    def __str__(self) -> str:
        names = [name if exponent == 1 else f"{name}^{exponent}" for name, exponent in self.dimension]
        factor = [] if math.isclose(self.scale, 1.0, rel_tol=_TOLERANCE) else [f"{self.scale:.6g}"]
        return " × ".join(factor + names) or "ratio"


PLAIN = Unit()


class UnknownUnitError(ValueError):
    """The text names a unit that is in no table of units."""


class UnitNameError(ValueError):
    """A model's unit cannot be added; `message` says why."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message


@functools.cache
def _registry() -> UnitRegistry[float]:
    import pint  # noqa: PLC0415  start-up time: only a unit check needs it

    registry: UnitRegistry[float] = pint.UnitRegistry(None)
    for name, definition in {**UNIT_DEFINITIONS, **_OF_MODELS}.items():
        registry.define(f"{name} = {definition}")
    return registry


_OF_MODELS: dict[str, str] = {}


def units_of_models() -> dict[str, tuple[Text, str | None]]:
    """Return the units that models have added, with their names and what they are multiples of."""
    return {name: (UNIT_NAMES[name], None if text == f"[{name}]" else text) for name, text in _OF_MODELS.items()}


def add_unit(name: str, label: Text, of: str | None = None) -> None:
    """Add a unit of a model, a dimension of its own or a multiple such as `4046.9 m2`; the same again changes nothing.

    Raises
    ------
    UnitNameError
        when the name is none or means something else already, or the multiple is none.
    UnknownUnitError
        when it is a multiple of nothing that is known.
    """
    definition = f"[{name}]" if of is None else _multiple(of)
    if _OF_MODELS.get(name) == definition:
        return
    if not _WORD.fullmatch(name):
        raise UnitNameError(
            Text(f"{name} 不能作单位名：只能用文字、数字和下划线", f"{name} is no name of a unit: letters, digits and _ only")
        )
    if name in _OF_MODELS or name in SPELLINGS or name in UNIT_DEFINITIONS:
        raise UnitNameError(Text(f"已有单位 {name}，请另取名称", f"{name} is another unit already: choose another name"))
    _OF_MODELS[name], UNIT_NAMES[name] = definition, label
    _registry.cache_clear()
    parse_unit.cache_clear()


def _multiple(of: str) -> str:
    """Return a multiple as the registry reads it: a definition that it cannot read would spoil every other unit."""
    found = _MULTIPLE.fullmatch(of.strip())
    factor = math.nan if found is None else float(found["factor"] or 1)
    if found is None or not 0 < factor < math.inf:
        raise UnitNameError(Text(f"{of} 不是某单位的倍数，应如 1000 m2", f"{of} is no multiple of a unit, such as 1000 m2"))
    parse_unit(found["unit"])
    return f"{factor!r} {_product(found['unit'])}"


@functools.cache
def parse_unit(text: str) -> Unit:
    """Read a unit such as `亿元_2020/a`, `万元/万人`, `1/a` or `ratio`.

    Raises
    ------
    UnknownUnitError
        when a part of the text is no unit of ours.
    """
    import pint  # noqa: PLC0415

    if len(text) > _LONGEST:  # the parser of units goes one call deeper for each factor
        raise UnknownUnitError(text[:_LONGEST])
    product = _product(text)
    if not _GRAMMAR.fullmatch(product):
        raise UnknownUnitError(text)
    try:
        base = _registry().Quantity(1.0, product).to_base_units()
    except (pint.errors.UndefinedUnitError, KeyError) as error:
        raise UnknownUnitError(text) from error
    exponents = ((str(name), Fraction(str(power)).limit_denominator(100)) for name, power in base.unit_items())
    kept = (item for item in exponents if item[1] and item[0] not in _BARE)
    return Unit(tuple(sorted(kept)), float(base.magnitude))


def checked_unit(text: str, place: Place, faults: Faults) -> Unit | None:
    """Read a unit; one that is unknown is a fault with the nearest name."""
    try:
        return parse_unit(text)
    except UnknownUnitError:
        known = {*UNIT_DEFINITIONS, *_OF_MODELS, *SPELLINGS}
        strange = next((word for word in _WORD.findall(text) if word not in known), text)
        faults.add(Text(f"未知单位 {text}", f"unknown unit {text}"), place, nearest(strange, known))
        return None


def _product(text: str) -> str:
    """A unit as the registry spells it."""
    spelled = "/".join(SPELLINGS.get(part.strip(), part.strip()) for part in _PER.split(text))
    return re.sub(r"^1\s*/", "ratio/", spelled)


def converted(value: float, source: str, target: str) -> float:
    """A printed number in another unit, to the last digit that is printed.

    A product of binary fractions would differ in its last digits between a table in 亿元 and the same one in 万元.

    Raises
    ------
    ValueError
        when the dimensions differ, or one of them is no unit of ours.
    """
    factor = conversion(source, target)
    return value if factor == 1.0 else float(Fraction(repr(value)) * Fraction(f"{factor:.12g}"))


def conversion(source: str, target: str) -> float:
    """Return the factor that turns a number in `source` into one in `target`.

    Raises
    ------
    UnknownUnitError
        when one of them is no unit of ours.
    ValueError
        when the dimensions differ.
    """
    return _factor(parse_unit(source), parse_unit(target))


def quotient_conversion(above: str, below: str, target: str) -> float:
    """Return the factor that turns a number in `above` over one in `below` into one in `target`.

    Raises
    ------
    UnknownUnitError
        when one of them is no unit of ours.
    ValueError
        when it measures something else.
    """
    return _factor(parse_unit(above) / parse_unit(below), parse_unit(target))


def _factor(have: Unit, want: Unit) -> float:
    if have.dimension != want.dimension:
        raise ValueError(f"{have} is not {want}")
    return have.scale / want.scale
