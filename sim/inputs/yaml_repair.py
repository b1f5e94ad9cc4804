"""Full-width signs of YAML that a Chinese keyboard writes, as the plain ones: where one stands, the file can mean one thing.

Quoted text, comments and text blocks stay as they are. Names and descriptions hold full-width signs of their own: in a first
reading a sign is taken for one of YAML only beside a key or a number, in a second one, for a file that is no YAML without it,
wherever it can stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sim.base.text import BLANKS, HIDDEN, QUOTES, Text, named, plain

_KEY = r"(?:[A-Za-z_][\w.\-/*]*|[\"'][^\"'\n]*[\"']|[0-9０-９]{4}年?(?:[-—–至到~～][0-9０-９]{4}年?)?)"
_ANY_KEY = r"[^\s#'\"：:{}\[\],，｛｝［］“”‘’]+"
_PLAIN_NEXT = re.compile(rf"[ \t{BLANKS}]*{_KEY}[ \t{BLANKS}]*[:：]")
_ANY_NEXT = re.compile(rf"[ \t{BLANKS}]*{_ANY_KEY}[ \t{BLANKS}]*[:：]")
_NUMBER = re.compile(r"[-+−－]?[.0-9０-９]")
_ITEM = re.compile(rf"[ \t{BLANKS}]*[!-~０-９]")
_BLOCK = re.compile(r"(?:^|[:\-：]\s+)[|>][-+0-9]*\s*(?:#.*)?$")
_INDENT = re.compile(rf"[ {BLANKS}]*")
_DASH = re.compile(r"(?:- +)*")
_OPEN, _CLOSE = {"｛": "{", "［": "["}, {"｝": "}", "］": "]"}
_WIDE_BLANK = "\u3000"
_SIGNS = frozenset("：，；｛｝［］、") | frozenset(BLANKS) | frozenset(HIDDEN) | frozenset(QUOTES)


def repaired(text: str, *, everywhere: bool = False) -> str:
    """The text of a YAML file with plain signs in place of full-width ones; lines stay lines."""
    repair = _Repair(everywhere)
    return "\n".join(repair.line(line) for line in text.split("\n"))


def first_odd(text: str) -> tuple[int, int, Text] | None:
    """Line, column and name of the first sign that YAML does not know as one of its own, outside of comments."""
    for number, line in enumerate(text.split("\n"), 1):
        for column, sign in enumerate(line, 1):
            if sign == "#" and (column == 1 or line[column - 2].isspace()):
                break
            if sign in _SIGNS:
                if sign.strip() and sign not in HIDDEN and sign not in QUOTES:
                    return number, column, Text(f"“{sign}”（{named(sign)}）", f"'{sign}' ({named(sign)})")
                return number, column, Text(named(sign), named(sign))
    return None


def first_odd_in(text: str, number: int) -> tuple[int, int, Text] | None:
    """As `first_odd`, in a line where a fault was seen or in the one before, where it may have begun."""
    lines = text.split("\n")
    for line in (number, number - 1):
        found = first_odd(lines[line - 1]) if 0 < line <= len(lines) else None
        if found is not None:
            return line, found[1], found[2]
    return None


@dataclass
class _Repair:
    """Goes through the lines of a file; `open` holds the brackets that are open, `below` the
    indentation of a text block; after a line that ends with a colon, keys follow."""

    everywhere: bool
    after_colon: bool = False
    open: list[str] = field(default_factory=list)
    below: int | None = None
    quote: str = ""

    def line(self, line: str) -> str:
        blanks = _INDENT.match(line)
        indent = blanks[0] if blanks else ""
        rest = line[len(indent) :]
        width = len(_blanks(indent))
        if self.below is not None and (not rest.strip() or width > self.below):
            return line
        self.below = None
        if _BLOCK.search(rest) and not self.open:
            self.below = width
        made = self._signs(rest)
        if made.strip() and not made.lstrip().startswith("#"):
            self.after_colon = made.rstrip().endswith(":")
        return _blanks(indent) + made

    def _signs(self, rest: str) -> str:
        made: list[str] = []
        at = 0
        if not self.open and not self.quote:
            lead = _DASH.match(rest)
            at = lead.end() if lead else 0
            made.append(rest[:at])
            at = self._key(rest, at, made)
        while at < len(rest):
            if not self.quote and rest[at] == "#" and (at == 0 or rest[at - 1] in f" \t{BLANKS}"):
                made.append(rest[at:])
                break
            made.append(self._sign(rest, at, made))
            at += 1
            if made[-1] in ("{", "[", ",") and self.open and not self.quote:
                at = self._key(rest, at, made)
        return "".join(made)

    def _key(self, rest: str, at: int, made: list[str]) -> int:
        """Take a key that begins here with its colon; where there is none, nothing."""
        found = (_ANY_NEXT if self.everywhere or self.after_colon else _PLAIN_NEXT).match(rest, at)
        if found is None or (self.open and self.open[-1] == "[" and not self.everywhere):
            return at
        colon, end = found[0][-1], found.end()
        if colon == ":" and (end == len(rest) or rest[end] in f" \t{BLANKS}"):
            made.append(_blanks(found[0]))
            return end
        of_year = plain(found[0])[:4].isdigit()
        before_number = _NUMBER.match(rest, end) is not None and of_year == bool(self.open)
        if colon == ":" and not before_number and not self.everywhere:
            return at
        made.append(_blanks(found[0][:-1]) + ":" + ("" if end < len(rest) and rest[end] == " " else " "))
        return end

    def _sign(self, rest: str, at: int, made: list[str]) -> str:
        sign = rest[at]
        if self.quote:
            self.quote = "" if sign == self.quote else self.quote
            return sign
        before = "".join(made[-3:]).rstrip()[-1:]
        begins = before in ("", ":", ",", "{", "[", "-")
        if sign in "\"'" and begins:
            self.quote = sign
        elif sign in "{[" or (sign in _OPEN and begins):
            sign = _OPEN.get(sign, sign)
            self.open.append(sign)
        elif (sign in "}]" or sign in _CLOSE) and self.open:
            sign = _CLOSE.get(sign, sign)
            self.open.pop()
        elif sign in "，、；" and self._separates(rest, at):
            sign = ","
        elif sign in HIDDEN or (sign in BLANKS and not before.isalpha()):
            sign = _blanks(sign)
        return sign

    def _separates(self, rest: str, at: int) -> bool:
        """Return whether a full-width comma parts two items."""
        if not self.open:
            return False
        if self.open[-1] == "{":
            return (_ANY_NEXT if self.everywhere else _PLAIN_NEXT).match(rest, at + 1) is not None
        before = rest[:at].rstrip()[-1:]
        return self.everywhere or (before < "\x7f" and _ITEM.match(rest, at + 1) is not None)


def _blanks(text: str) -> str:
    """Blanks as wide as they are seen."""
    return "".join("  " if sign == _WIDE_BLANK else " " if sign in BLANKS else "" if sign in HIDDEN else sign for sign in text)
