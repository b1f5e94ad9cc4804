"""Whatever pydantic finds wrong is said in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from sim.base.errors import Faults
from sim.inputs.checked import Record, check_against
from sim.inputs.yaml_file import parse_yaml


class Everything(Record):
    """A key of every kind that the project's files have."""

    yes: bool = False
    whole: int = 0
    number: Annotated[float, Field(gt=0, le=9)] = 1.0
    text: str = ""
    several: Annotated[list[str], Field(min_length=1, max_length=2)] = ["a"]
    span: Annotated[tuple[float, float], Field(strict=False)] = (0.0, 1.0)
    named: dict[str, float] = {}
    word: Literal["level", "growth"] = "level"
    either: float | int = 0


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        ("yes: 3", "应为 true 或 false", "true or false is wanted"),
        ("whole: 1.5", "应为整数", "a whole number is wanted"),
        ("whole: a", "应为整数", "a whole number is wanted"),
        ("number: a", "应为数", "a number is wanted"),
        ("number: 0", "须大于 0", "must be above 0"),
        ("number: 10", "须不大于 9", "must be at most 9"),
        ("text: 3", "应为文字", "text is wanted"),
        ("several: 3", "应为列表", "a list is wanted"),
        ("several: []", "列表的项数太少", "the list has too few items"),
        ("several: [a, b, c]", "列表的项数太多", "the list has too many items"),
        ("span: 3", "应为列表", "a list is wanted"),
        ("span: [1]", "缺少此键", "this key is missing"),
        ("named: [1]", "应为“键: 值”", "keys and values are wanted"),
        ("word: grwth", "不能写“grwth”", "'grwth' is not allowed here"),
        ("word: [a]", "不能写“['a']”", "'['a']' is not allowed here"),
        ("wrd: a", "未知键 wrd", "unknown key wrd"),
        ("either: 一百", "应为数", "a number is wanted"),
    ],
)
def test_every_kind_of_fault_has_its_words(written: str, zh: str, en: str) -> None:
    faults, document = Faults(), parse_yaml(written, Path("file.yaml"))
    data: Any = document.data
    check_against(Everything, data, document, faults)
    [fault] = faults.found
    assert (fault.message.zh, fault.message.en) == (zh, en)


def test_what_is_misspelt_is_met_with_the_nearest() -> None:
    for written, advice in (
        ("word: grwth", "did you mean 'growth'?"),
        ('either: "0.03"', "without quotes"),
        ("wrd: level", "did you mean 'word'?"),
    ):
        faults, document = Faults(), parse_yaml(written, Path("file.yaml"))
        check_against(Everything, document.data, document, faults)
        assert faults.found[0].advice is not None
        assert faults.found[0].advice.en == advice
