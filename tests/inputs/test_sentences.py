"""What the rows of a plan say is what their sentences say: numbers in digits and in words, and every row changed on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sim.base.errors import InputError
from sim.base.text import Text
from sim.inputs.home import Home
from sim.inputs.printed import Printed, compare, compare_years
from sim.inputs.sentences import sentence_of, unit_of, value_of
from sim.inputs.targets import Catalogue, read_catalogue
from tests.conftest import ROOT
from tests.inputs.test_plan_files import REGIONS, edited

SAID = (
    ("到2025年，地区生产总值达到５５００亿元左右", 5500, "亿元", "~"),
    ("产值突破6000亿元", 6000, "亿元", ">"),
    ("产值超过1.2万亿元", 12000, "亿元", ">"),
    ("占比达到三成以上", 30, "%", ">="),
    ("占比不低于百分之三十五", 35, "%", ">="),
    ("失业率控制在 4.5% 以内", 4.5, "%", "<="),
    ("不超过1个工作日", 1, "d", "<="),
    ("旅客年均增长12%、13%以上", 12, "%", ">="),
    ("企业户数翻一番", 2, "multiple", "="),
    ("企业户数翻两番以上", 4, "multiple", ">="),
    ("达一万二千五百户", 1.25, "万户", "="),
    ("新增学位1,620个", 1620, "个", "="),
    ("在全省排名进入前十", 10, "rank", "<="),
    ("稳定在百强", 100, "rank", "<="),
    ("居全市第一", 1, "rank", "="),
    ("培育千亿级产业集群", 1000, "亿元", "~"),
    ("打造产值过百亿的企业", 100, "亿元", ">"),
    ("从 60 余亿元增加到 120 余亿元", 120, "亿元", "~"),
    ("引进3—5 万人", 3, "万人", ">="),
    ("引进3—5 万人", 5, "万人", "<="),
    ("片区约 3000 亩", 2, "km2", "~"),
    ("每万人发明专利拥有量达到 15 件", 15, "件/万人", "="),
    ("万元 GDP 综合能耗下降为 0.331 吨标准煤 / 万元", 0.331, "万tce/亿元_2020", "="),
    ("PM2.5 浓度下降到32ug/m 3", 32, "ug/m3", "<="),
    ("实现动态清零", 0, "个", "="),
    ("每年至少吸引1万名人才", 1, "万人", ">="),
    ("再延长三十年", 30, "years", "="),
)


@pytest.mark.parametrize(("sentence", "value", "unit", "operator"), SAID)
def test_what_a_sentence_states(sentence: str, value: float, unit: str, operator: str) -> None:
    right = Printed(value, unit, operator, None, None, "", "", "", Text("", ""), "", "", "", "")
    assert compare(right, sentence) == (True, [])
    assert [item.column for item in compare(replace(right, value=1.5 * value + 1.0), sentence)[1]] in (["value"], ["unit"])
    other = "<" if operator != "<" else ">"
    assert [item.column for item in compare(replace(right, operator=other), sentence)[1]] == ["operator"]


def test_words_that_hold_a_numeral_state_no_number() -> None:
    for sentence in (
        "新增“三品一标”认证",
        "推进一体化发展",
        "一般公共预算支出",
        "亿元产业项目",
        "十四五末",
        "实施“5G+”行动",
        "四上企业",
    ):
        assert not sentence_of(sentence).numbers, sentence


def test_numerals() -> None:
    assert [value_of(text) for text in ("十", "三十", "一百零五", "两千", "三点五", "1.2万亿", "三千万")] == [
        10.0,
        30.0,
        105.0,
        2000.0,
        3.5,
        1.2e12,
        3e7,
    ]
    assert unit_of("件/万人").size == pytest.approx(1e-4)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "models" / "hengyang" / "plan", REGIONS)


def rows(catalogue: Catalogue) -> Iterator[Printed]:
    yield from catalogue.printed.values()


def test_few_numbers_of_the_shipped_plan_are_entered_by_hand(catalogue: Catalogue) -> None:
    """Those of sentences that name things without counting them."""
    assert {row.id for row in rows(catalogue) if row.by_hand} == {
        "hy_china_quality_award",
        "yf_six_core_areas_2035",
        "yf_emergency_standard_townships",
        "yf_sorted_collection_coverage",
        "f_yf_gdp_per_km2_rank",
        "f_yf_poor_village",
    }


@pytest.mark.parametrize("factor", [0.1, 0.82, 0.999, 1.01, 1.2, 3.0, 10.0, 1e4, -1.0])
def test_a_changed_value_is_found(factor: float, catalogue: Catalogue) -> None:
    """Not where the sentence states the changed number too: 3 is among 3-5 still, and 0 times anything is 0."""
    stated = [row for row in rows(catalogue) if not row.by_hand and row.value]
    missed = [row.id for row in stated if not compare(replace(row, value=factor * row.value), row.quote)[1]]
    assert len(missed) <= 0.02 * len(stated), missed


UNITS = {
    "亿元": "万元",
    "万元": "亿元",
    "%": "倍",
    "家": "万户",
    "个": "万人",
    "人": "万人",
    "万人": "人",
    "万亩": "亩",
    "亩": "万亩",
    "km2": "m2",
}


def test_a_changed_unit_is_found(catalogue: Catalogue) -> None:
    stated = [row for row in rows(catalogue) if not row.by_hand and row.value and row.unit in UNITS]
    missed = [row.id for row in stated if not compare(replace(row, unit=UNITS[row.unit]), row.quote)[1]]
    assert len(stated) > 200
    assert len(missed) <= 0.03 * len(stated), missed


@pytest.mark.parametrize("operator", [">", ">=", "=", "<=", "~"])
def test_a_changed_operator_is_found(operator: str, catalogue: Catalogue) -> None:
    stated = [row for row in rows(catalogue) if not row.by_hand and row.operator != operator]
    missed = [row.id for row in stated if not compare(replace(row, operator=operator), row.quote)[1]]
    assert len(missed) <= 0.05 * len(stated), missed


def test_a_changed_year_is_found(catalogue: Catalogue) -> None:
    """A sentence without a year leaves those that its document speaks of."""
    found = asked = 0
    for row in (row for row in catalogue.targets.values() if row.year is not None):
        document = catalogue.documents[row.document]
        assert not compare_years(row, document), row.id
        for year in {2019, 2026, 2030} - {row.year}:
            asked += 1
            found += bool(compare_years(replace(row, year=year), document))
    assert found >= 0.97 * asked


EDITS = (
    ("value", "4500", "5500亿元"),
    ("unit", "10k_CNY", "5500亿元"),
    ("unit", "percent", "5500亿元"),
    ("operator", ">=", "~"),
    ("target_year", "2026", "2025"),
)


@pytest.mark.parametrize(("column", "wrong", "said"), EDITS)
def test_a_row_that_differs_from_its_sentence_is_a_fault(column: str, wrong: str, said: str, copied: Home) -> None:
    """With file, line, column, what is entered and what the sentence says."""
    plan = copied.models / "hengyang" / "plan"
    lines = edited(plan / "targets.csv", {"hy_gdp_2025": lambda row: row.update({column: wrong})})
    with pytest.raises(InputError) as caught:
        read_catalogue(plan, REGIONS)
    fault = caught.value.faults[0]
    assert (fault.place.file, fault.place.line) == (plan / "targets.csv", lines["hy_gdp_2025"])
    assert said in fault.message.zh
    assert said in fault.message.en
    assert "到2025年,地区生产总值达到5500亿元左右" in fault.message.zh


def test_a_changed_fact_is_a_fault_too(copied: Home) -> None:
    plan = copied.models / "hengyang" / "plan"
    edited(plan / "facts.csv", {"f_yf_rd_spend": lambda row: row.update(value="62", target_year="2021")})
    with pytest.raises(InputError) as caught:
        read_catalogue(plan, REGIONS)
    assert [fault.place.key for fault in caught.value.faults] == ["value", "period"]


def test_an_inferred_number_is_marked_as_entered_by_hand(copied: Home) -> None:
    plan = copied.models / "hengyang" / "plan"
    edited(
        plan / "targets.csv", {"hy_gdp_2025": lambda row: row.update(value="5400", notes=row["notes"] + " [value:inferred]")}
    )
    assert read_catalogue(plan, REGIONS).targets["hy_gdp_2025"].by_hand
