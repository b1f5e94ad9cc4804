"""The glossary gives each word one meaning, in two languages, and names files that exist."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_ROW = re.compile(r"^\| (?P<zh>[^|`]+) \| (?P<en>[^|`]+) \| [^|]+ \| `(?P<file>[^`]+)` \|$", re.MULTILINE)
PAGES = [ROOT / "docs" / name for name in ("glossary.md", "glossary_en.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_word_has_one_meaning_and_lives_where_the_page_says(page: Path) -> None:
    rows = list(_ROW.finditer(page.read_text(encoding="utf-8")))
    assert len(rows) > 50
    for language in ("zh", "en"):
        assert [word for word, count in Counter(row[language] for row in rows).items() if count > 1] == []
    assert [row["file"] for row in rows if not (ROOT / row["file"]).exists()] == []


def test_both_pages_list_the_same_words_in_the_same_order() -> None:
    one, other = ([row.group("zh", "en", "file") for row in _ROW.finditer(page.read_text(encoding="utf-8"))] for page in PAGES)
    assert one == other
