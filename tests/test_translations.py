"""A page of the documentation in two languages says the same: headings, tables, blocks and links; each page names the other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.blocks import CodeBlock, blocks_of
from tests.test_doc_blocks import GENERATED, PAGES
from tests.test_readme import headings, prose, text_of, without_language

ROOT = Path(__file__).resolve().parent.parent
PAIRS = [
    (ROOT / "scenarios" / "README.md", ROOT / "scenarios" / "README.en.md"),
    *(
        (page.with_name(page.name.replace("_en", "")), page)
        for page in sorted((ROOT / "docs").glob("*_en.md"))
        if page.stem.removesuffix("_en") not in {*GENERATED, "write_a_scenario"}
    ),
]
FREE = {"我的分析": "my_analysis", "请换成您自己的一长串字符": "please-choose-a-long-phrase-of-your-own"}
"""Names in commands that readers choose."""


@pytest.mark.parametrize(("chinese", "english"), PAIRS, ids=lambda page: page.stem)
def test_both_pages_have_the_same_parts_and_links(chinese: Path, english: Path) -> None:
    assert headings(chinese) == headings(english)
    assert [_rows(part) for part in prose(chinese)] == [_rows(part) for part in prose(english)]
    assert _links(chinese) == _links(english)
    for page, other in ((chinese, english), (english, chinese)):
        assert other.name in text_of(page).split("\n## ")[0]


@pytest.mark.parametrize(("chinese", "english"), PAIRS, ids=lambda page: page.stem)
def test_blocks_are_the_same_but_for_remarks_and_language(chinese: Path, english: Path) -> None:
    blocks = list(blocks_of(english))
    for one, other in zip(blocks_of(chinese), blocks, strict=True):
        assert (one.language, one.comment) == (other.language, other.comment)
        assert _said(one) == _said(other), f"line {other.line}"


def test_a_translated_page_is_run_once() -> None:
    assert not {english for _, english in PAIRS} & set(PAGES)


def _rows(text: str) -> int:
    return len(re.findall(r"^\|", text, re.MULTILINE))


def _links(page: Path) -> list[str]:
    """Files of the documentation that the page leads to, as those of one language; the other language's page left out."""
    names = (name.replace("_en.md", ".md") for name in re.findall(r"\]\(([^)]+\.md)\)", text_of(page)))
    return [name for name in names if name != page.name.replace("_en.md", ".md")]


def _said(block: CodeBlock) -> object:
    if block.language == "yaml":
        return YAML(typ="safe").load(block.text)
    text = re.sub(r" *#.*", "", without_language(block.text).replace(" --lang", ""))
    for one, other in FREE.items():
        text = text.replace(one, other)
    return [line.split() for line in text.splitlines()] if not block.comment.startswith("output") else len(text.splitlines())
