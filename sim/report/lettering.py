"""How long a text is in print, and where its lines may end: Latin letters take one place, Chinese ones two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from sim.base.text import Text

_WIDE_QUOTES = "“”‘’"
"""They are as wide as a letter in Chinese print."""
_KEPT = re.compile(r"[（“‘《(]*(?:[\x21-\x27\x2a-\x7e]+|.)[）”’》，、；：。)]* *", re.DOTALL)
"""What stays on one line of Chinese: a letter or a Latin word, with the brackets that open before it and what closes after."""


def letters(text: str) -> int:
    """Places that the longest line takes."""
    return max(sum(2 if _is_wide(letter) else 1 for letter in line) for line in text.split("\n"))


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF" or letter in _WIDE_QUOTES


def wrapped_chinese(text: str, width: int) -> list[str]:
    """Lines of at most `width` places, but for a word that is longer; no line begins with what closes or ends with what opens.

    A remark in brackets at the end goes to a line of its own where it would be torn and fits there.
    """
    lines = [""]
    for part in _parts(text, width):
        if lines[-1] and letters(lines[-1] + part.rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return [line.rstrip() for line in lines]


def _parts(text: str, width: int) -> list[str]:
    """The parts of a text that stay on one line."""
    head, opening, remark = text.partition("（")
    whole = opening + remark
    if head and remark.endswith("）") and "（" not in remark and letters(whole) <= width:
        return [*_KEPT.findall(head), whole]
    return _KEPT.findall(text)


def unprintable_words(letters: str) -> Iterator[Text]:
    """One sentence on the characters that figures show as boxes; none where there are none."""
    named = [f"{letter}（U+{ord(letter):04X}）" for letter in dict.fromkeys(letters)]
    if named:
        coded = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in dict.fromkeys(letters))
        yield Text(
            f"图的字体没有 {'、'.join(named)}，图中以方框代替。", f"The font of the figures lacks {coded}: shown as boxes."
        )
