"""Values of parameters in words: members by name, years with values, long tables by their span."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product

import numpy as np

from sim.base.arrays import Dimension, Values
from sim.base.text import Text, joined
from sim.inputs.year_path import YearPath
from sim.model.names import Labels

_SHAPES = {
    "step": Text("", ""),
    "ramp": Text("（各年份之间按直线变化）", " (straight lines between)"),
    "hold": Text("（各年份之间按直线变化）", " (straight lines between)"),
}
_MOST_MEMBERS, _MOST_YEARS = 12, 8
_ENUMERATION, _SEMICOLON = Text("、", ", "), Text("；", "; ")
_NOTHING = Text("—", "—")


def value_text(path: YearPath | None, dims: Sequence[Dimension], labels: Labels) -> Text:
    """A value in words; None is a dash."""
    if path is None:
        return _NOTHING
    if path.is_constant:
        return _array_text(path.before, dims, labels)
    points = list(zip(path.years, path.arrays, strict=True))
    if len(points) > _MOST_YEARS:
        ends = [_point(year, array, dims, labels) for year, array in (points[0], points[-1])]
        return joined(ends, Text(" …… ", " ... ")) + Text(f"（{len(points)} 个年份）", f" ({len(points)} years)")
    return joined([_point(year, array, dims, labels) for year, array in points], _SEMICOLON) + _SHAPES[path.shape]


def _point(year: int, array: Values, dims: Sequence[Dimension], labels: Labels) -> Text:
    return Text(f"{year} 年 ", f"{year}: ") + _array_text(array, dims, labels)


def _array_text(array: Values, dims: Sequence[Dimension], labels: Labels) -> Text:
    flat = array.ravel()
    if np.all(flat == flat[0]):
        return _number(flat[0])
    if flat.size > _MOST_MEMBERS:
        span = f"{flat.min():.4g} … {flat.max():.4g}"
        return Text(f"{flat.size} 个值，{span}", f"{flat.size} values, {span}")
    names = [_member(cell, dims, labels) for cell in product(*(dim.members for dim in dims))]
    usual, count = Counter(flat.tolist()).most_common(1)[0]
    rest = usual if count > 1 else None
    parts = [name + Text(" ", " ") + _number(value) for name, value in zip(names, flat, strict=True) if value != rest]
    return joined([*parts, *([] if rest is None else [Text("其余 ", "others ") + _number(rest)])], _ENUMERATION)


def _member(cell: tuple[str, ...], dims: Sequence[Dimension], labels: Labels) -> Text:
    parts = [labels.member(dim.name, name) for dim, name in zip(dims, cell, strict=True) if len(dim.members) > 1]
    return joined(parts, Text("·", " / "))


def _number(value: float) -> Text:
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"  # noqa: PLR2004  thousands are separated
    return Text(text, text)
