"""A sentence for people, in Chinese and in English: written together at the place where it arises, so neither is forgotten."""

from __future__ import annotations

import locale
import os
import sys
from dataclasses import dataclass
from html import escape
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

    def __add__(self, other: Text) -> Text:
        return Text(self.zh + other.zh, self.en + other.en)


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
