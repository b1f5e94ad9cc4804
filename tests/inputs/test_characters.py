"""What Chinese keyboards and our own reports write: read where it means one thing, else named with what to type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.base.errors import Faults, InputError, Place, nearest
from sim.base.text import Text
from sim.inputs.yaml_file import parse_yaml
from sim.inputs.year_path import ValueSpec, read_value

FILE = Path("x.yaml")


def value_of(raw: Any, unit: str = "ratio", year: int = 2030) -> float:
    faults = Faults()
    path = read_value(raw, ValueSpec(unit, (), 2020, 2035), faults, Place())
    assert path is not None, [fault.in_language("en") for fault in faults.found]
    return float(path.at(year))


def fault_of(raw: Any, unit: str = "ratio") -> str:
    faults = Faults()
    assert read_value(raw, ValueSpec(unit, (), 2020, 2035), faults, Place()) is None
    [fault] = faults.found
    return fault.in_language("en")


@pytest.mark.parametrize("dash", "-−–—－‐‑﹣")
def test_every_dash_is_a_minus(dash: str) -> None:
    assert value_of(f"{dash}2 %") == -0.02
    assert value_of(f"{dash} 2 %") == -0.02


@pytest.mark.parametrize(
    ("raw", "unit", "value"),
    [
        ("５ ％", "ratio", 0.05),
        ("5\u3000%", "ratio", 0.05),
        ("5\u00a0%", "ratio", 0.05),
        ("\ufeff5\u200b %", "ratio", 0.05),
        ("“5 %”", "ratio", 0.05),
        ("「5 %」", "ratio", 0.05),
        ("2．5 %", "ratio", 0.025),
        ("1,234,567.8", "ratio", 1234567.8),
        ("1，234", "户", 1234.0),
        ("１２３４", "户", 1234.0),
        ("1e3", "户", 1000.0),
        ("百分之五", "ratio", 0.05),
        ("百分之 2.5", "ratio", 0.025),
        ("负百分之十二", "ratio", -0.12),
        ("千分之三", "ratio", 0.003),
        ("三成", "ratio", 0.3),
        ("二十五 %", "ratio", 0.25),
        ("1.5万", "户", 15000.0),
        ("3 亿元（2020 年价）", "亿元_2020", 3.0),
    ],
)
def test_a_number_means_the_same_however_it_is_typed(raw: str, unit: str, value: float) -> None:
    assert value_of(raw, unit) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("raw", "unit", "said"),
    [
        ("2,5 %", "ratio", "'2.5 %' or '25 %'"),
        ("2，5 %", "ratio", "'2.5 %' or '25 %'"),
        ("0,500", "ratio", "'0.500' or '0500'"),
        ("-1,25", "ratio", "'-1.25' or '-125'"),
        ("1,50,000", "户", "did you mean '150000'"),
        ("1.234,5", "户", "a decimal point is '.'"),
        ("1 234", "户", "did you mean '1234'"),
        ("5-6 %", "ratio", "is a range"),
        ("5个百分点", "ratio", "write '5 %'"),
        ("50亿", "亿元/a", "write the whole unit, such as '50亿元'"),
    ],
)
def test_what_may_mean_two_things_is_a_fault_that_says_what_to_type(raw: str, unit: str, said: str) -> None:
    assert said in fault_of(raw, unit)


@pytest.mark.parametrize(
    "key",
    [
        2022,
        "2022",
        "2022年",
        "2022 年度",
        "２０２２",
        "“2022”",
        "2022-01-01",
        "2022/1/1",
        "2022年1月1日",
        "二〇二二年",
        2022.0,
        np.int64(2022),
    ],
)
def test_a_year_is_a_year_however_it_is_typed(key: Any) -> None:
    assert value_of({key: 3.0, 2024: 5.0}, year=2023) == 3.0
    assert value_of({2021: 1.0, key: 3.0}, year=2021) == 1.0


@pytest.mark.parametrize(
    "span", ["2022-2025", "2022—2025", "2022–2025", "2022~2025", "2022至2025", "2022年到2025年", "２０２２－２０２５"]
)
def test_a_span_is_every_year_of_it_where_it_is_said_what_comes_after(span: str) -> None:
    assert [value_of({span: 3.0, 2026: 5.0}, year=year) for year in (2022, 2025, 2026)] == [3.0, 3.0, 5.0]
    assert value_of({span.replace("2025", "2035").replace("２０２５", "2035"): 3.0}, year=2035) == 3.0
    said = fault_of({span: 3.0})
    assert "the value after 2022–2025 is not said" in said
    assert "add what holds from 2026 on" in said


@pytest.mark.parametrize("key", ["2022年底", "2022年末", "2022Q1", "2022-06-30", "2022年上半年", "2025-2022", "2022.5"])
def test_a_part_of_a_year_is_explained_as_such(key: str) -> None:
    said = fault_of({key: 3.0})
    assert "is not a year" in said
    assert "a value holds for a whole year" in said


def test_a_year_that_stands_twice_is_a_fault() -> None:
    assert "the year 2022 stands twice" in fault_of({2022: 1.0, "2022年": 2.0})


@pytest.mark.parametrize(
    "text",
    [
        "levers: {a: {2022: 1.3，2025: 2}}",
        "levers: {a: {2022: 1.3；2025: 2}}",
        "levers: {a: ｛2022: 1.3, 2025: 2｝}",
        "levers：｛a：｛2022：1.3，2025：2｝｝",
        "levers:\n\u3000\u3000a: {2022:1.3, 2025:2}",
        "levers:\n\u00a0\u00a0a: {2022: 1.3, 2025: 2}",
        "levers：\n  a：\n    2022：1.3\n    2025：2",
        "\ufefflevers:\n  a\u200b: {2022: １.3, ２０２５: 2}",
    ],
)
def test_signs_of_a_chinese_keyboard_are_those_of_yaml_where_they_can_be_nothing_else(text: str) -> None:
    assert parse_yaml(text, FILE).data == {"levers": {"a": {2022: 1.3, 2025: 2}}}


def test_lists_and_chinese_keys_take_full_width_signs_too() -> None:
    assert parse_yaml("a: [x_1，x_2、x_3]\nb: ［1，2］", FILE).data == {"a": ["x_1", "x_2", "x_3"], "b": [1, 2]}
    assert parse_yaml("levers:\n  研发投入：1 %\n", FILE).data == {"levers": {"研发投入": "1 %"}}
    assert parse_yaml("name：外需：放缓\nlast_year: ２０３５", FILE).data == {"name": "外需：放缓", "last_year": 2035}


@pytest.mark.parametrize(
    "text",
    [
        "a: {zh: 甲，乙, en: 丙：丁}",
        "a: '｛x：1｝'",
        "a:\n  zh: >\n    注意：甲\n    GDP：乙\n  en: b",
        "a: 甲（乙，丙）\nb: 丁、戊 # 注：己，庚",
    ],
)
def test_full_width_signs_of_names_and_sentences_stay(text: str) -> None:
    shown = str(parse_yaml(text, FILE).data)
    assert sum(shown.count(sign) for sign in "：，｛｝（）、") == sum(
        text.split(" #", maxsplit=1)[0].count(sign) for sign in "：，｛｝（）、"
    )


def test_a_sign_that_cannot_be_read_is_named_where_it_stands() -> None:
    with pytest.raises(InputError) as caught:
        parse_yaml("a: 1\nb: “c: d”\n", FILE)
    assert "x.yaml:2:4: the U+201C LEFT DOUBLE QUOTATION MARK here is no sign of YAML" in str(caught.value)


def test_a_decimal_comma_within_braces_shows_both_readings() -> None:
    faults = Faults()
    parse_yaml("a: {b: 2,5 %, c: 1}", FILE, faults)
    [fault] = faults.found
    assert "x.yaml:1:10 a.b" in fault.in_language("en")
    assert "'2.5 %' or '25 %'" in fault.in_language("en")


def test_a_name_with_odd_characters_is_told_from_a_wrong_one() -> None:
    for odd in ("“rd_policy”", "ｒｄ＿ｐｏｌｉｃｙ", "rd_policy\u200b"):
        advice = nearest(odd, ["nurture", "rd_policy"])
        assert advice is not None
        assert "U+" in advice.en
        assert "write 'rd_policy'" in advice.en


def test_what_is_meant_is_suggested_by_label_in_either_language() -> None:
    labels = {"rd_policy": Text("研发投入政策", "R&D policy"), "abc": Text("外部需求", "external demand")}
    for meant in ("研发政策", "研发投入", "R&D spending policy"):
        advice = nearest(meant, labels, labels)
        assert advice is not None
        assert advice.zh.startswith("是否想写“rd_policy”（研发投入政策）")
