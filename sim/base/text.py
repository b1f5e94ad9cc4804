"""A sentence for people in Chinese and in English, and characters that keyboards write in place of plain ones.

Both languages are written together at the place where a sentence arises, so that neither is forgotten. Functions on characters
give text back in which a number, a year or a name stands as programs write it.
"""

from __future__ import annotations

import locale
import os
import re
import sys
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, ClassVar, Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True)
class Text:
    """The same statement in two languages."""

    zh: str
    """Chinese wording."""
    en: str
    """English wording."""
    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "use_attribute_docstrings": True}

    def in_language(self, language: Language) -> str:
        """Return the wording in `language`."""
        return self.zh if language == "zh" else self.en

    def filled(self, **facts: Any) -> Text:
        """Return the statement with facts in place of the names in braces."""
        return Text(self.zh.format(**facts), self.en.format(**facts))

    def __add__(self, other: Text) -> Text:
        return Text(self.zh + other.zh, self.en + other.en)


def texts_of(file: Path) -> dict[str, Text]:
    """The texts of a TOML file, by what they are about."""
    return {key: Text(**words) for key, words in tomllib.loads(file.read_text(encoding="utf-8")).items()}


def same(words: str) -> Text:
    """A number or a name that reads alike in both languages."""
    return Text(words, words)


def joined(parts: list[Text], separator: Text) -> Text:
    """Join several texts, each language with its own separator."""
    return Text(separator.zh.join(part.zh for part in parts), separator.en.join(part.en for part in parts))


def listing(names: list[str]) -> Text:
    """A list of names with the comma of each language."""
    return Text("、".join(names), ", ".join(names))


def system_language() -> Language:
    """English where the system is set to it, else Chinese. C.UTF-8 is no language; Python's own reading of it is English."""
    variables = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    name = next((value for value in variables if value), "") if sys.platform != "win32" else locale.getlocale()[0] or ""
    return "en" if name.lower().startswith("en") else "zh"


def markdown_text(text: str) -> str:
    """A text of a file as a page in Markdown shows it: its signs open no tag."""
    return escape(text, quote=False)


DASHES = "‐‑‒–—―−⁻\ufe63－─"
BLANKS = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
HIDDEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
QUOTES = "“”‘’„‟「」『』＂＇"
_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_SMALL = str.maketrans("\ufe50\ufe55\ufe6a\ufe62、。·〜∼⁄∕", ",:%+,..~~//")
_WITHOUT_HIDDEN = dict.fromkeys(map(ord, HIDDEN), "")
_ALIKE = dict.fromkeys(map(ord, DASHES), "-") | dict.fromkeys(map(ord, BLANKS), " ")
_PLAIN: Mapping[int, Any] = {**_WIDE, **_SMALL, **_ALIKE, **_WITHOUT_HIDDEN}
NUMERALS = {sign: digit for digit, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
SCALES = {"亿": 100_000_000, "万": 10_000, "千": 1000, "百": 100, "十": 10}
_FIGURE = "[零〇○]*(?:[一二两三四五六七八九]?"
_ORDERED = re.compile(rf"[{''.join(NUMERALS)}]+|(?=.)" + "".join(f"{_FIGURE}{place})?" for place in "千百十") + f"{_FIGURE})")


def plain(text: str) -> str:
    """The text with plain digits, signs, commas, colons, brackets and blanks, without what cannot be seen."""
    return text.translate(_PLAIN).strip()


def unquoted(text: str) -> str:
    """The text without the quotation marks of a word processor, or of a second pair, around it."""
    inner = text.translate(_PLAIN).strip()
    while len(inner) > 1 and inner[0] in QUOTES + "\"'" and inner[-1] in QUOTES + "\"'":
        inner = inner[1:-1].strip()
    return inner


def cut(text: str, most: int) -> str:
    """The text, or its beginning where it is longer than what a fault can show."""
    return text if len(text) <= most else f"{text[:most]}……"


def without_hidden(text: str) -> str:
    """The text without characters that cannot be seen."""
    return text.translate(_WITHOUT_HIDDEN)


def named(sign: str) -> str:
    """A character by its code and name, as a fault shows what may look like another or like nothing."""
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip()


def odd_in(text: str, name: str) -> Text | None:
    """Advice on a text that is another but for odd characters; None where it is not."""
    odd = [sign for sign in text if ord(sign) in _PLAIN or sign in QUOTES]
    if not odd or unquoted(text) != name:
        return None
    shown = "、".join(dict.fromkeys(named(sign) for sign in odd))
    return Text(f"其中的字符 {shown} 不是半角字符，请写“{name}”", f"it holds {shown.replace('、', ', ')}; write '{name}'")


def counted(text: str) -> float | None:
    """A number in Chinese words up to the thousands, such as 二十五 or 二点五; None where it is none."""
    whole, point, rest = text.partition("点")
    if not _ORDERED.fullmatch(whole) or bool(point) != bool(rest) or not set(rest) <= set(NUMERALS):
        return None
    value = spelled(whole)
    return float(f"{value:.0f}." + "".join(str(NUMERALS[sign]) for sign in rest)) if point else value


def spelled(text: str) -> float:
    """The value of numerals without a point, from the largest sign down: what stands before one is multiplied by it."""
    for sign, size in SCALES.items():
        before, found, behind = text.rpartition(sign)
        if found:
            return (spelled(before) if before else 1.0) * size + (spelled(behind) if behind else 0.0)
    return float("".join(str(NUMERALS[sign]) for sign in text))


def alike(one: str, other: str) -> float:
    """The part of their pairs of neighbouring characters that two texts share, from nought to one."""
    first, second = _pairs(one), _pairs(other)
    return 2.0 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def _pairs(text: str) -> frozenset[str]:
    narrow = re.sub(r"[\s_\-.,，、（）()：:]+", " ", plain(text).lower()).split()
    return frozenset(part[at : at + 2] for part in narrow for at in range(max(len(part) - 1, 1)))


def same_name(text: str, names: Iterable[str]) -> bool:
    """Tell whether a text is one of some names, in whatever width and case it is written."""
    wanted = unquoted(text).casefold()
    return any(unquoted(name).casefold() == wanted for name in names)
