"""Both READMEs say the same: headings, commands, blocks, numbers and links; they are short, and their commands exist."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import typer

from sim.cli.app import app
from tests.blocks import CodeBlock, blocks_of

ROOT = Path(__file__).resolve().parent.parent
ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
PAGES = [ENGLISH, CHINESE]
LONGEST = 140
"""Lines: two screens, and the scorecard."""
INLINE = re.compile(r"`(python -m [^`]+|mkdocs [^`]+|sim\.[^`]+)`")
NUMBER = re.compile(r"(?<![A-Za-z\d.,])\d+(?:[.,]\d+)*(?![A-Za-z\d])")
"""Numbers, but for those of English units (CNY 100m, 10k persons), which Chinese has words for."""


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def headings(page: Path) -> list[int]:
    return [len(found[1]) for found in re.finditer(r"^(#+) ", text_of(page), re.MULTILINE)]


def prose(page: Path) -> list[str]:
    """Sections of the page without blocks, comments and the addresses of links."""
    text = re.sub(r"^(?:    .*\n)+", "", text_of(page), flags=re.MULTILINE)
    text = re.sub(r"```.*?```|<!--.*?-->|\]\([^)]*\)", "", text, flags=re.DOTALL)
    return re.split(r"^## ", text, flags=re.MULTILINE)


def numbers(text: str) -> Counter[str]:
    return Counter(found.replace(",", "") for found in NUMBER.findall(text))


def links(page: Path) -> list[str]:
    """Targets of the page's links, in order; pages in two languages are one."""
    found = re.findall(r"\]\(([^)]+)\)", text_of(page))
    return [re.sub(r"[_.]en\.md$", ".md", item) for item in found if item not in {ENGLISH.name, CHINESE.name}]


def without_language(text: str) -> str:
    return re.sub(r"--lang (?:en|zh)", "--lang", text)


def kind(block: CodeBlock) -> tuple[str, str]:
    return block.language, without_language(block.comment)


def test_headings_commands_and_links_are_the_same() -> None:
    assert headings(ENGLISH) == headings(CHINESE)
    english, chinese = (INLINE.findall(text_of(page)) for page in PAGES)
    assert [without_language(item) for item in english] == [without_language(item) for item in chinese]
    assert links(ENGLISH) == links(CHINESE)


def test_blocks_are_the_same_but_for_what_a_program_prints() -> None:
    english, chinese = (list(blocks_of(page)) for page in PAGES)
    assert [kind(block) for block in english] == [kind(block) for block in chinese]
    for one, other in zip(english, chinese, strict=True):
        if one.comment.startswith("output"):
            assert numbers(one.text) == numbers(other.text), f"line {one.line} of {ENGLISH.name}"
        else:
            assert one.text == other.text, f"line {one.line} of {ENGLISH.name}"


def test_numbers_are_the_same_section_by_section() -> None:
    for english, chinese in zip(prose(ENGLISH), prose(CHINESE), strict=True):
        assert numbers(english) == numbers(chinese), english.splitlines()[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_readme_fits_on_two_screens_and_names_the_other(page: Path) -> None:
    (other,) = set(PAGES) - {page}
    text = text_of(page)
    assert f"]({other.name})" in text.split("\n## ")[0]
    assert len(text.splitlines()) <= LONGEST


def test_each_language_is_its_own() -> None:
    english = " ".join(prose(ENGLISH)).replace("中文", "").replace("[]", "")
    assert not re.search(r"[\u4e00-\u9fff]", english)
    assert len(re.findall(r"[\u4e00-\u9fff]", text_of(CHINESE))) > len(text_of(CHINESE)) / 5


def test_every_link_leads_to_a_file() -> None:
    for page in PAGES:
        for link in re.findall(r"\]\(([^)]+)\)", text_of(page)):
            assert (ROOT / link).exists(), f"{page.name}: {link}"


@pytest.mark.parametrize(
    "line", sorted({item for item in INLINE.findall(text_of(ENGLISH)) if item.startswith("python -m sim")})
)
def test_every_command_named_in_a_sentence_exists(line: str) -> None:
    """The words are those that the program takes: verbs and options of its own."""
    words = shlex.split(line)[3:]
    command: Any = typer.main.get_command(app)
    while hasattr(command, "commands"):
        assert words, line
        assert words[0] in command.commands, line
        command = command.commands[words.pop(0)]
    options = {name for item in command.loaded.params for name in item.opts}
    assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize(
    "page", sorted([*ROOT.glob("*.md"), *ROOT.glob("*/*.md"), *ROOT.glob("models/*/*.md")]), ids=lambda page: page.name
)
def test_extras_can_be_pasted_into_any_shell(page: Path) -> None:
    """Single quotes are letters to cmd.exe, and bare brackets are patterns to zsh."""
    assert not re.findall(r"pip install -e (?:'[^`\n]*|\.\[[^`\n]*)", text_of(page))
