"""Values of parameters and units in words: members by name, years with values, long tables by their span."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product

import numpy as np

from sim.dimensions import Dimension
from sim.inputs.values import Floats, YearPath
from sim.model.labels import Labels
from sim.text import Language, Text, joined

_SHAPES = {
    "step": Text("", ""),
    "ramp": Text("（由基年直线变化）", " (straight line from the base year)"),
    "hold": Text("（其间直线插值）", " (straight lines between)"),
}
_MOST_MEMBERS, _MOST_YEARS = 12, 8
_ENUMERATION, _SEMICOLON = Text("、", ", "), Text("；", "; ")
_NOTHING = Text("—", "—")

_UNITS = {
    "ratio": Text("比率", "ratio"),
    "index": Text("指数", "index"),
    "亿元_2020": Text("亿元（2020 年价）", "CNY 100m (2020 prices)"),
    "亿元": Text("亿元", "CNY 100m"),
    "万元": Text("万元", "CNY 10k"),
    "元": Text("元", "CNY"),
    "万人": Text("万人", "10k persons"),
    "人": Text("人", "person"),
    "万户": Text("万户", "10k entities"),
    "户": Text("户", "firms"),
    "家": Text("家", "firms"),
    "个": Text("个", "number"),
    "列": Text("列", "trains"),
    "万亩": Text("万亩", "10k mu"),
    "亩": Text("亩", "mu"),
    "d": Text("天", "days"),
    "ug": Text("微克", "ug"),
    "m3": Text("立方米", "m3"),
    "m2": Text("平方米", "m2"),
    "km2": Text("平方公里", "km2"),
    "tce": Text("吨标准煤", "tce"),
    "万tce": Text("万吨标准煤", "10k tce"),
    "万t": Text("万吨", "10k t"),
    "件": Text("件", "patents"),
    "亿kWh": Text("亿千瓦时", "100m kWh"),
    "万m2": Text("万平方米", "10k m2"),
    "a": Text("年", "year"),
    "years": Text("年", "years"),
    "multiple": Text("倍", "times"),
    "rank": Text("位次", "rank"),
    "persons_per_institution": Text("人/机构", "persons per institution"),
    "undefined_in_seed": Text("文件未说明", "not said by the document"),
}


def unit_text(unit: str, language: Language) -> str:
    """A unit as people write it: 亿元/a is 亿元/年, or CNY 100m/year."""
    parts = (part if part not in _UNITS else _UNITS[part].in_language(language) for part in unit.split("/"))
    return "/".join(parts)


def with_unit_text(label: str, unit: str, language: Language) -> str:
    """A name with its unit in brackets; brackets that are there already take it in, and nothing is said twice."""
    if not unit:
        return label
    opening, closing, comma = ("（", "）", "，") if language == "zh" else (" (", ")", ", ")
    head, bracket, inside = label.removesuffix(closing).rpartition(opening)
    if not (bracket and label.endswith(closing)):
        return f"{label}{opening}{unit}{closing}"
    return f"{head}{opening}{inside}{comma}{unit.replace(f'{opening}{inside}{closing}', '')}{closing}"


def value_text(path: YearPath | None, dims: Sequence[Dimension], labels: Labels, base_year: int) -> Text:
    """A value in words; None is a dash."""
    if path is None:
        return _NOTHING
    if path.is_constant:
        return _array_text(path.before, dims, labels)
    points = list(zip(path.years, path.arrays, strict=True))
    if path.shape == "ramp" and base_year < path.years[0]:
        points.insert(0, (base_year, path.before))
    if len(points) > _MOST_YEARS:
        ends = [_point(year, array, dims, labels) for year, array in (points[0], points[-1])]
        return joined(ends, Text(" …… ", " ... ")) + Text(f"（{len(points)} 个年份）", f" ({len(points)} years)")
    return joined([_point(year, array, dims, labels) for year, array in points], _SEMICOLON) + _SHAPES[path.shape]


def _point(year: int, array: Floats, dims: Sequence[Dimension], labels: Labels) -> Text:
    return Text(f"{year} 年 ", f"{year}: ") + _array_text(array, dims, labels)


def _array_text(array: Floats, dims: Sequence[Dimension], labels: Labels) -> Text:
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
