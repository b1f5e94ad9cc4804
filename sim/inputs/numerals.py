"""Numbers as a Chinese text writes them: digits, Chinese numerals, and both mixed, such as 3000亿."""

from __future__ import annotations

import re
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
