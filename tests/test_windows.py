"""Lines for Windows mean the same in PowerShell 5.1 and in cmd.exe, and advice of the program can be pasted into both."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.blocks import blocks_of

ROOT = Path(__file__).resolve().parent.parent
PAGES = (*ROOT.glob("README*.md"), *sorted((ROOT / "docs").glob("*.md")))
LINES = [
    line
    for page in PAGES
    for block in blocks_of(page)
    if block.comment.startswith("not run: Windows")
    for line in block.text.splitlines()
]
ADVICE = re.compile(r"pip install -e (\S+)")


def by_cmd(line: str) -> list[str]:
    """Words of a call of cmd.exe: double quotes hold words together, single quotes are letters, & and | begin another call."""
    outside = re.sub(r'"[^"]*"', "", line)
    if re.search(r"[&|<>^%]", outside):
        raise ValueError(line)
    return [word.replace('"', "") for word in re.findall(r'(?:"[^"]*"|\S)+', line)]


def by_powershell(line: str) -> list[str]:
    """Words of a call of PowerShell 5.1: it has no && and ||; $, ` and @ are its own, also within double quotes."""
    outside = re.sub(r"\"[^\"]*\"|'[^']*'", "", line)
    if re.search(r"&|\||[;<>(){}@#]", outside) or re.search(r"[$`]", line):
        raise ValueError(line)
    return [re.sub(r"[\"']", "", word) for word in re.findall(r"(?:\"[^\"]*\"|'[^']*'|\S)+", line)]


def test_there_are_lines_for_windows_and_both_shells_read_them_alike() -> None:
    assert len(LINES) >= 2
    for line in LINES:
        assert by_cmd(line) == by_powershell(line) == shlex.split(line)


@pytest.mark.parametrize("line", ["python -m pip install -e . && python -m sim run", "a | b", "a > b"])
def test_the_rules_refuse_what_the_shells_do_not_have(line: str) -> None:
    for read in (by_cmd, by_powershell):
        with pytest.raises(ValueError, match=re.escape(line)):
            read(line)


def test_single_quotes_are_letters_to_cmd() -> None:
    assert by_cmd("pip install -e '.[report]'")[-1] == "'.[report]'"
    assert by_cmd('pip install -e ".[report]"') == by_powershell('pip install -e ".[report]"')


def test_what_the_program_advises_to_install_can_be_pasted_into_any_shell() -> None:
    found = [match for file in (ROOT / "sim").rglob("*.py") for match in ADVICE.findall(file.read_text(encoding="utf-8"))]
    assert found
    assert not [word for word in found if word.startswith("'")]
