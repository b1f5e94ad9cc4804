"""Numbers and units as a Chinese text writes them.

A numeral is written in digits, in Chinese, or mixed, such as 3000亿. A unit is known by what it measures and how large it is:
亿元 is money of 1e8, 万户 households of 1e4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import prod

ARABIC = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
NUMERAL = rf"(?:(?:{ARABIC})[十百千万亿]*|[零〇一二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+)?)"
"""A number of either kind; a regular expression."""
SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_FIGURES = {figure: value for value, figure in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def scale_of(signs: str) -> float:
    """What the signs behind a number multiply it by: 千万 is ten million."""
    return float(prod(SCALES[sign] for sign in signs))


def value_of(text: str) -> float:
    """The value of a numeral: 1,200, 一千二百, 三点五 and 3000亿 alike."""
    arabic = re.match(ARABIC, text)
    if arabic:
        return float(arabic.group().replace(",", "")) * scale_of(text[arabic.end() :])
    whole, _, decimals = text.partition("点")
    return _chinese(whole) + (float("0." + "".join(str(_FIGURES[sign]) for sign in decimals)) if decimals else 0.0)


def _chinese(text: str) -> float:
    """Read from the largest sign down: what stands before it is multiplied by it, what stands behind is added."""
    for sign in ("亿", "万", "千", "百", "十"):
        before, found, behind = text.rpartition(sign)
        if found:
            rest = _chinese(behind) if behind else 0.0
            return (_chinese(before) if before else 1.0) * SCALES[sign] + rest
    return float("".join(str(_FIGURES[sign]) for sign in text))


UNKNOWN = "unknown"
"""The kind of a unit that is not known: it may be anything."""
THINGS, DATE, MULTIPLE, PERCENT, RANK = "things", "date", "multiple", "percent", "rank"
_COUNTED = "个 家 项 件 条 所 支 套 列 座 处 台 辆 间 种 片 届 主 特 大 类 栋 批次 只 头 株 张 份 场 款 艘 架 宗 例 units"
_SIZES_OF_KIND: dict[str, dict[str, float]] = {
    PERCENT: {"个百分点": 1.0, "百分点": 1.0, "%": 1.0, "‰": 0.1},
    "foreign money": {"美元": 1.0},
    "money": {"元": 1.0},
    "days": {"个工作日": 1.0, "工作日": 1.0, "天": 1.0, "d": 1.0},
    "hours": {"小时": 1.0},
    "months": {"个月": 1.0},
    "years": {"年": 1.0, "years": 1.0},
    DATE: {"year": 1.0},
    "area": {"平方公里": 1e6, "平方千米": 1e6, "km2": 1e6, "平方米": 1.0, "m2": 1.0, "公顷": 1e4, "亩": 1e4 / 15.0},
    "volume": {"立方米": 1.0, "m3": 1.0},
    "length": {"公里": 1e3, "千米": 1e3, "km": 1e3},
    "coal": {"吨标准煤": 1.0, "吨标煤": 1.0, "tce": 1.0},
    "mass": {"吨": 1.0, "公斤": 1e-3, "ug": 1e-12, "微克": 1e-12, "毫克": 1e-9},
    "energy": {"千瓦时": 1.0},
    "power": {"千瓦": 1.0, "兆瓦": 1e3},
    MULTIPLE: {"倍": 1.0, "multiple": 1.0},
    "grade": {"A级": 1.0, "A": 1.0, "grade_A": 1.0},
    "persons": {"人次": 1.0, "人": 1.0, "名": 1.0},
    "households": {"户": 1.0},
    RANK: {"强": 1.0, "rank": 1.0},
    THINGS: dict.fromkeys(_COUNTED.split(), 1.0),
}
_SIZES = {word: (kind, size) for kind, sizes in _SIZES_OF_KIND.items() for word, size in sizes.items()}
WORD = "|".join(re.escape(word) for word in sorted(_SIZES, key=len, reverse=True))
"""A unit without what is above or below it; a regular expression."""
_UNIT = re.compile(rf"(?P<scale>[十百千万亿]*)(?P<word>{WORD})")


@dataclass(frozen=True)
class Measured:
    """What a unit measures, how large it is, and the unit below the line where there is one."""

    kind: str
    scale: float = 1.0
    per: Measured | None = None

    @property
    def size(self) -> float:
        """How large it is, with what is below the line."""
        return self.scale / (self.per.scale if self.per else 1.0)

    def fits(self, other: Measured) -> bool:
        """Whether a number in the other unit can be one in this: what is counted may be persons or households."""
        kinds = {self.kind, other.kind}
        return len(kinds) == 1 or UNKNOWN in kinds or (self.kind == THINGS and other.kind in ("persons", "households"))


def unit_of(label: str) -> Measured:
    """A unit as tables and texts write it: 亿元, 万户, km2, 件/万人, 吨标准煤/万元; flows a year are like their amounts."""
    above, _, below = label.partition("_" if label == "grade_A" else "/")
    match = _UNIT.fullmatch(label if label == "grade_A" else above)
    if match is None:
        return Measured(UNKNOWN)
    kind, size = _SIZES[match["word"]]
    per = unit_of(below.partition("_")[0]) if below and label != "grade_A" and below not in ("a", "年") else None
    return Measured(kind, scale_of(match["scale"]) * size, per)
