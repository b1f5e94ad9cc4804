"""The units of plans by what they measure and how large they are: 亿元 is money of 1e8, 万户 households of 1e4."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sim.inputs.numerals import scale_of

UNKNOWN = "unknown"
"""The kind of a unit that is not known: it may be anything."""
THINGS, DATE, MULTIPLE, PERCENT, RANK = "things", "date", "multiple", "percent", "rank"
_COUNTED = "个 家 项 件 条 所 支 套 列 座 处 台 辆 间 种 片 届 主 特 大 类 栋 批次 只 头 株 张 份 场 款 艘 架 宗 例 units"
_SIZES: dict[str, tuple[str, float]] = {
    "个百分点": (PERCENT, 1.0),
    "百分点": (PERCENT, 1.0),
    "%": (PERCENT, 1.0),
    "‰": (PERCENT, 0.1),
    "美元": ("foreign money", 1.0),
    "元": ("money", 1.0),
    "个工作日": ("days", 1.0),
    "工作日": ("days", 1.0),
    "天": ("days", 1.0),
    "d": ("days", 1.0),
    "小时": ("hours", 1.0),
    "个月": ("months", 1.0),
    "年": ("years", 1.0),
    "years": ("years", 1.0),
    "year": (DATE, 1.0),
    "平方公里": ("area", 1e6),
    "平方千米": ("area", 1e6),
    "km2": ("area", 1e6),
    "平方米": ("area", 1.0),
    "m2": ("area", 1.0),
    "公顷": ("area", 1e4),
    "亩": ("area", 1e4 / 15.0),
    "立方米": ("volume", 1.0),
    "m3": ("volume", 1.0),
    "公里": ("length", 1e3),
    "千米": ("length", 1e3),
    "km": ("length", 1e3),
    "吨标准煤": ("coal", 1.0),
    "吨标煤": ("coal", 1.0),
    "tce": ("coal", 1.0),
    "吨": ("mass", 1.0),
    "公斤": ("mass", 1e-3),
    "ug": ("mass", 1e-12),
    "微克": ("mass", 1e-12),
    "毫克": ("mass", 1e-9),
    "千瓦时": ("energy", 1.0),
    "千瓦": ("power", 1.0),
    "兆瓦": ("power", 1e3),
    "倍": (MULTIPLE, 1.0),
    "multiple": (MULTIPLE, 1.0),
    "A级": ("grade", 1.0),
    "A": ("grade", 1.0),
    "grade_A": ("grade", 1.0),
    "人次": ("persons", 1.0),
    "人": ("persons", 1.0),
    "名": ("persons", 1.0),
    "户": ("households", 1.0),
    "强": (RANK, 1.0),
    "rank": (RANK, 1.0),
    **dict.fromkeys(_COUNTED.split(), (THINGS, 1.0)),
}
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
