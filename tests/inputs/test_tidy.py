"""Tables of statistics as people have them: names, units and encodings of their own, and every fault with its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from sim.base.errors import Faults, InputError
from sim.inputs.indicators import Indicators, read_indicators
from sim.inputs.tidy import Tidy, check_series, choose, read_tidy

ROOT = Path(__file__).resolve().parents[2]
HEAD = "city_zh,city,indicator,year,value,unit,source,accepted\n"


@pytest.fixture(scope="module")
def indicators() -> Indicators:
    return read_indicators(ROOT / "models" / "prefecture" / "indicators.yaml")


def table(tmp_path: Path, *rows: str, encoding: str = "utf-8") -> Path:
    file = tmp_path / "data.csv"
    file.write_bytes((HEAD + "".join(f"岳阳市,Yueyang,{row}\n" for row in rows)).encode(encoding))
    return file


def years(indicator: str, unit: str, values: Mapping[int, object], source: str = "yearbook") -> list[str]:
    return [f"{indicator},{year},{value},{unit},{source}," for year, value in values.items()]


def read(file: Path, indicators: Indicators, city: str = "Yueyang") -> tuple[Tidy, list[str]]:
    faults = Faults()
    tidy = read_tidy(file, city, indicators, faults)
    chosen, _ = choose(tidy.rows, faults)
    check_series(chosen, indicators, faults)
    return tidy, [f"{fault.place.line}: {fault.message.en}" for fault in faults.found if fault.place]


STEADY = {2018: 3000, 2019: 3200, 2020: 3300, 2021: 3500}


@pytest.mark.parametrize(("encoding", "said"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("gbk", "GBK")])
@pytest.mark.parametrize("city", ["Yueyang", "yueyang", "岳阳市"])
def test_encodings_and_names(encoding: str, said: str, city: str, indicators: Indicators, tmp_path: Path) -> None:
    file = table(tmp_path, *years("地区生产总值", "亿元", STEADY), encoding=encoding)
    tidy, faults = read(file, indicators, city)
    assert faults == []
    assert tidy.encoding == said
    assert tidy.name.zh == "岳阳市"
    assert next((row.indicator, row.value, row.known_from) for row in tidy.rows) == ("gdp_nominal", 3000.0, 2019)


@pytest.mark.parametrize(("unit", "value"), [("10k_CNY", 30000000), ("万元", 30000000), ("100M_CNY", 3000), ("亿元", 3000)])
def test_units_are_converted(unit: str, value: float, indicators: Indicators, tmp_path: Path) -> None:
    tidy, faults = read(table(tmp_path, f"gdp_nominal,2018,{value},{unit},yearbook,"), indicators)
    assert faults == []
    assert tidy.rows[0].value == pytest.approx(3000.0)


FAULTY = (
    (["gdp_nominal,2018,many,亿元,s,"], "2: column value is not a number: 'many'"),
    (['gdp_nominal,2018,"3,00",亿元,s,'], "2: the comma in '3,00' groups no three digits"),
    (["gdp_nominal,2018,,亿元,s,"], "2: column value is not a number: ''"),
    (["gdp_nominal,2018,3000,亿圆,s,"], "2: unknown unit 亿圆"),
    (["gdp_nominal,2018,3000,万人,s,"], "2: gdp_nominal: 万人 cannot be turned into 亿元"),
    (["gdp_nominal,20l8,3000,亿元,s,"], "2: column year is not a year: '20l8'"),
    (["gdp_nominal,2018,3000,亿元,,"], "2: no source"),
    ([*years("gdp_nominal", "亿元", STEADY), "gdp_nominal,2019,3201,亿元,yearbook,"],
     "6: source yearbook gives two values for gdp_nominal 2019 (the other one in line 3)"),
    (years("gdp_nominal", "亿元", {2018: 3000, 2020: 3300}), "2: GDP at current prices (gdp_nominal) lacks 2019"),
    (years("gdp_nominal", "亿元", STEADY | {2019: 32000000}), "3: GDP at current prices 2019: 3.2e+07 (亿元)"),
    (years("gdp_nominal", "亿元", STEADY | {2021: 35000000}), "5: GDP at current prices 2021: 3.5e+07 (亿元)"),
    (years("gdp_nominal", "亿元", STEADY | {2019: -3200}), "3: GDP at current prices 2019: -3200 lies below 0"),
    (years("secondary_share", "%", {2018: 40, 2019: 61, 2020: 39}), "3: share of the secondary sector 2019: 61 (%)"),
)  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), FAULTY)
def test_faults_are_named_with_their_line(rows: list[str], expected: str, indicators: Indicators, tmp_path: Path) -> None:
    _, faults = read(table(tmp_path, *rows), indicators)
    assert any(fault.startswith(expected) for fault in faults), faults


@pytest.mark.parametrize(
    "rows",
    [
        [*years("gdp_nominal", "亿元", {2018: 3000, 2020: 3300}), "gdp_nominal,2019,,亿元,yearbook,未公布"],
        [*years("gdp_nominal", "亿元", {2018: 3000, 2020: 3300}), "gdp_nominal,2019,9000,亿元,yearbook,属实"],
        [*years("gdp_nominal", "亿元", STEADY), "gdp_nominal,2019,3201,亿元,yearbook,修订数"],
        [*years("gdp_nominal", "亿元", STEADY), "gdp_nominal,2019,3200,亿元,yearbook,"],
    ],
)
def test_what_is_accepted_or_said_twice_is_no_fault(rows: list[str], indicators: Indicators, tmp_path: Path) -> None:
    assert read(table(tmp_path, *rows), indicators)[1] == []


def test_a_wrong_value_does_not_accuse_the_end_beside_it(indicators: Indicators, tmp_path: Path) -> None:
    rows = years("secondary_share", "%", {2020: 46, 2021: 47, 2022: 4737, 2023: 44})
    assert [fault[:1] for fault in read(table(tmp_path, *rows), indicators)[1]] == ["4"]


def test_all_faults_at_once(indicators: Indicators, tmp_path: Path) -> None:
    file = table(tmp_path, *years("gdp_nominal", "亿元", {2018: "x", 2019: 1, 2020: 2, 2023: 3}), "retail_sales,2018,1,里,s,")
    assert len(read(file, indicators)[1]) >= 4


def test_the_best_ranked_source_is_used_and_disagreement_is_listed(indicators: Indicators, tmp_path: Path) -> None:
    rows = [*years("gdp_nominal", "亿元", STEADY, "panel"), *years("gdp_nominal", "万元", {2019: 32100000}, "yearbook")]
    faults = Faults()
    tidy = read_tidy(table(tmp_path, *rows), "Yueyang", indicators, faults)
    ranks = {"yearbook": 1, "panel": 2}
    cells = [replace(row, rank=ranks[row.source]) for row in tidy.rows]
    chosen, choices = choose(cells, faults)
    assert chosen["gdp_nominal"][2019].value == pytest.approx(3210.0)
    assert [(choice.used.source, choice.other.source, choice.disagrees) for choice in choices] == [("yearbook", "panel", False)]


def test_a_city_that_is_not_there(indicators: Indicators, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'Yueyang'"):
        read_tidy(table(tmp_path, *years("gdp_nominal", "亿元", STEADY)), "Yueyan", indicators, Faults())


def test_neither_encoding(indicators: Indicators, tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_bytes(b"\xff\xff\x00\xff")
    with pytest.raises(InputError, match="neither UTF-8 nor GBK"):
        read_tidy(file, "Yueyang", indicators, Faults())


def test_a_name_may_not_stand_for_two_indicators(tmp_path: Path) -> None:
    file = tmp_path / "indicators.yaml"
    file.write_text(
        "vintage: 2026\nunits: {}\n"
        "leap: {factor: 5, early_factor: 15, points: 25, early_points: 30, from: 2005, growth: 0.2, drift: 1, agreement: 2.5}\n"
        "indicators:\n  a: {unit: 亿元, zh: 甲, en: a}\n  b: {unit: 亿圆, zh: 甲, en: b}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_indicators(file)
    assert "甲 stands for two indicators" in str(caught.value)
    assert "unknown unit 亿圆" in str(caught.value)
