"""The length of texts in print, where their lines may end, and the widths of columns. Latin letters take one place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.base.text import Text

_WIDE_QUOTES = "“”‘’"
"""They are as wide as a letter in Chinese print."""
_KEPT = re.compile(r"[（“‘《(]*(?:[\x21-\x27\x2a-\x7e]+|.)[）”’》，、；：。)]* *", re.DOTALL)
"""Parts that stay on one line of Chinese: a letter or a Latin word, with brackets that open before it and what closes after."""


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


_SIZES = ((12, 6.5), (9, 7.0), (0, 8.0))
"""Points of the letters of a table on paper, for so many columns or more; the smallest is the 小六 of Chinese offices."""
_ACROSS = 456.0
"""Points across the page, less a little for letters that are wider than half their height."""
_PADDING, _DIGITS, _BOLD = 1.5, 1.1, 1.15
"""Letters between columns; how much wider digits and bold letters are than others."""
_STEM, _LONGEST = 10, 36
"""Letters of Chinese text that stay together; the longest word that is kept whole."""
_NOTE, _LONGEST_NOTE = 0.85, 26
"""Size of the small lines of a cell, and the letters of one from which on it is wrapped."""
_HALVINGS = 40
_RUNS = re.compile(r"[^\s/\u2e80-\uffff-]+[/-]?|[\u2e80-\uffff]+")
"""Words of narrow letters, which may be torn behind a stroke, and runs of wide ones, which may be torn between any two."""


@dataclass(frozen=True)
class Content:
    """The needs of a column: `least` letters so that no word or number is torn, `whole` so that no cell is wrapped."""

    least: float
    whole: float


def content(title: str, cells: Sequence[str], notes: Sequence[str] = (), *, is_number: bool = False) -> Content:
    """The needs of a column's contents: numbers stay on one line, texts are wrapped between words; `notes` are small lines."""
    lines = [(_DIGITS if is_number else 1.0) * letters(cell) for cell in cells]
    least = max([_BOLD * _longest_word(title), *(lines if is_number else map(_longest_word, cells))])
    least = max([least, *(_NOTE * _longest_word(note) for note in notes)])
    whole = max([letters(title) / (2.0 if is_number else 1.0), *lines])
    whole = max([least, whole, *(min(_NOTE * letters(note), _LONGEST_NOTE) for note in notes)])
    return Content(least + _PADDING, whole + _PADDING)


def _longest_word(text: str) -> int:
    return max((min(letters(run), _STEM if run[0] >= "\u2e80" else _LONGEST) for run in _RUNS.findall(text)), default=0)


def size_of(columns: int) -> float:
    """Points of the letters of a table with so many columns."""
    return next(size for least, size in _SIZES if columns >= least)


def shares(contents: Sequence[Content]) -> list[float]:
    """The part of the page that each column takes; they sum to one.

    Where all fits on one line, what is left goes to all alike. Otherwise the widest are cut to one width, none below what it
    needs; where even that is too much, all are cut alike.
    """
    room = _ACROSS / (size_of(len(contents)) / 2.0)
    if sum(item.whole for item in contents) <= room:
        widths = [item.whole for item in contents]
    elif sum(item.least for item in contents) >= room:
        widths = [item.least for item in contents]
    else:
        widths = _cut(contents, _level(contents, room))
    total = sum(widths)
    return [width / total for width in widths]


def _cut(contents: Sequence[Content], level: float) -> list[float]:
    return [min(item.whole, max(item.least, level)) for item in contents]


def _level(contents: Sequence[Content], room: float) -> float:
    """The one width to which the widest are cut, by halving."""
    low, high = 0.0, max(item.whole for item in contents)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if sum(_cut(contents, middle)) <= room else (low, middle)
    return low
