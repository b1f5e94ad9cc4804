"""A panel of many cities: which source is used, what is left out and counted, which steps are breaks, and faults with lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.base.errors import InputError, UsageError
from sim.inputs.indicators import Indicators, read_indicators
from sim.inputs.panel import COLUMNS, KNOWN_WRONG, MARKED, STRANGE_SOURCE, UNBELIEVABLE, CityPanel, read_panel, read_rules
from sim.inputs.panel_breaks import breaks_of
from tests.panels import CSMAR, PANEL, REAL, STRUCTURE, Row, panel_file, series

MODEL = Path(__file__).resolve().parents[2] / "models" / "prefecture"
GROWTH = 1.08
CODES = ("1001", "1002", "1003", "1004", "1005")


@pytest.fixture(scope="module")
def indicators() -> Indicators:
    return read_indicators(MODEL / "indicators.yaml")


def levels(first: float, growth: float = GROWTH, step: float = 1.0) -> dict[int, object]:
    return {year: round(first * growth ** (year - 2005) * (step if year >= 2011 else 1.0), 4) for year in range(2005, 2015)}


def read(indicators: Indicators, file: Path, *rows: list[Row]) -> CityPanel:
    return read_panel(panel_file(file, [row for part in rows for row in part]), read_rules(MODEL, indicators), indicators)


def values(panel: CityPanel, indicator: str) -> dict[int, float]:
    return {year: item.value for year, item in panel.cities[0].values.get(indicator, {}).items()}


@pytest.mark.parametrize("name", ["panel.csv", "panel.csv.gz"])
def test_the_best_source_of_each_year_in_the_units_of_the_model(name: str, indicators: Indicators, tmp_path: Path) -> None:
    first = series("1001", "gdp_nominal", {2010: 10_000_000, 2011: 11_000_000}, "10k_CNY")
    second = series("1001", "gdp_nominal", {2011: 1111, 2012: 1200}, "100M_CNY", STRUCTURE)
    panel = read(indicators, tmp_path / name, second, first, series("1001", "no_such_thing", {2010: "?"}, "?"))
    assert values(panel, "gdp_nominal") == pytest.approx({2010: 1000, 2011: 1100, 2012: 1200})
    assert panel.cities[0].name.en == "City 1001"
    assert panel.left_out[UNBELIEVABLE] == 0


def test_marked_and_wrong_values_give_way_to_the_next_source(indicators: Indicators, tmp_path: Path) -> None:
    panel = read(
        indicators,
        tmp_path / "panel.csv",
        series("1001", "gdp_growth_real", {2012: 9.0}, "percent", REAL, "REPEAT; LINE"),
        series("1001", "gdp_growth_real", {2012: 9.1, 2013: 19.0}, "percent", PANEL),
        series("1001", "gdp_growth_real", {2012: 9.5, 2013: 9.4}, "percent", "Somebody's list"),
        series("1001", "gdp_nominal", levels(100), "100M_CNY", PANEL, "LINE"),
    )
    assert values(panel, "gdp_growth_real") == {2012: 9.1}
    assert panel.left_out == {MARKED: 1, KNOWN_WRONG: 1, STRANGE_SOURCE: 2, UNBELIEVABLE: 0}
    assert len(values(panel, "gdp_nominal")) == 10  # interpolated levels of GDP are kept


def test_what_cannot_be_right_is_left_out_unless_a_second_source_says_it(indicators: Indicators, tmp_path: Path) -> None:
    wild = levels(100) | {2010: 9999}
    lone = read(indicators, tmp_path / "one.csv", series("1001", "gdp_nominal", wild, "100M_CNY"))
    assert 2010 not in values(lone, "gdp_nominal")
    assert lone.left_out[UNBELIEVABLE] == 1
    other = series("1001", "gdp_nominal", levels(100), "100M_CNY", STRUCTURE)
    replaced = read(indicators, tmp_path / "two.csv", series("1001", "gdp_nominal", wild, "100M_CNY"), other)
    assert values(replaced, "gdp_nominal")[2010] == pytest.approx(100 * GROWTH**5, rel=1e-4)
    same = series("1001", "gdp_nominal", {2010: 9998}, "100M_CNY", CSMAR)
    both = read(indicators, tmp_path / "three.csv", series("1001", "gdp_nominal", wild, "100M_CNY"), same)
    assert values(both, "gdp_nominal")[2010] == 9999
    assert len(both.cities[0].accepted) == 1


def test_what_cannot_be_at_all_is_left_out_whoever_says_it(indicators: Indicators, tmp_path: Path) -> None:
    rows = [series("1001", "gdp_growth_real", {2012: 66.0}, "percent", source) for source in (REAL, PANEL)]
    panel = read(indicators, tmp_path / "panel.csv", *rows, series("1001", "gdp_nominal", {2012: 0}, "100M_CNY"))
    assert panel.left_out[UNBELIEVABLE] == 3
    assert not panel.cities[0].values


def test_shares_are_of_the_sum_of_all_parts(indicators: Indicators, tmp_path: Path) -> None:
    parts = {"va_primary": 10, "va_secondary": 50, "va_tertiary": 40}
    rows = [series("1001", name, {2012: value}, "100M_CNY", STRUCTURE) for name, value in parts.items()]
    panel = read(indicators, tmp_path / "panel.csv", *rows, series("1001", "va_secondary", {2013: 55}, "100M_CNY", STRUCTURE))
    assert values(panel, "secondary_share") == {2012: 50.0}


def test_every_fault_is_said_with_its_line(indicators: Indicators, tmp_path: Path) -> None:
    rows = [
        *series("1001", "gdp_nominal", {2010: "many", 2077: 5, 2012: 1200}, "100M_CNY"),
        *series("1001", "gdp_nominal", {2011: 5}, "furlong"),
        *series("1001", "gdp_nominal", {2012: 1300}, "100M_CNY"),
        *series("../1001", "gdp_nominal", {2010: 1300}, "100M_CNY"),
    ]
    with pytest.raises(InputError) as caught:
        read(indicators, tmp_path / "panel.csv", rows)
    said = {fault.place.line: fault.message.en for fault in caught.value.faults}
    assert sorted(line for line in said if line) == [2, 3, 5, 6, 7]
    assert "is not a number" in said[2]
    assert "there can be no figure of 2077" in said[3]
    assert "unknown unit furlong" in said[5]
    assert "two values for gdp_nominal 2012 (the other one in line 4)" in said[6]
    assert "must be letters and digits" in said[7]


def test_files_that_are_none(indicators: Indicators, tmp_path: Path) -> None:
    rules = read_rules(MODEL, indicators)
    for name, content, said in (
        ("cut.csv.gz", b"\x1f\x8b\x08\x00", "damaged gzip"),
        ("other.csv", b"a,b\n1,2\n", "columns are missing"),
        ("empty.csv", f"{','.join(COLUMNS)}\n".encode(), "nothing that the model can use"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=said):
            read_panel(tmp_path / name, rules, indicators)
    with pytest.raises(InputError, match="no such file"):
        read_panel(tmp_path / "nowhere.csv", rules, indicators)
    with pytest.raises(UsageError, match="says nothing of panels"):
        read_rules(tmp_path, indicators)


def test_faults_of_the_rules_are_said(indicators: Indicators, tmp_path: Path) -> None:
    text = (MODEL / "panel.yaml").read_text(encoding="utf-8")
    text = text.replace("sources: [real_gdp, yearbook,", "sources: [real_gpd, yearbook,").replace("off: 30", "off: -1")
    (tmp_path / "panel.yaml").write_text(text.replace("trade_firms:", "trade_frims:"), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_rules(tmp_path, indicators)
    said = "\n".join(caught.value.lines("en"))
    for words in ("unknown source real_gpd", "did you mean 'real_gdp'?", "must be above 0", "unknown indicator trade_frims"):
        assert words in said


def panel_with(
    indicators: Indicators, file: Path, gdp: dict[int, object], people: dict[int, object], firms: dict[int, object]
) -> CityPanel:
    """Five cities, of which the first is as given and the others grow steadily."""
    parts = {
        "gdp_nominal": ("100M_CNY", levels(1000), gdp),
        "population_registered": ("10k_persons", levels(300, 1.01), people),
    }
    parts["industrial_enterprises_above_scale"] = ("count", levels(500), firms)
    rows = [
        series(code, name, steady | (own if code == CODES[0] else {}), unit)
        for code in CODES
        for name, (unit, steady, own) in parts.items()
    ]
    return read(indicators, file, *rows)


@pytest.mark.parametrize(
    ("gdp", "people", "firms", "broken"),
    [
        (1.0, 1.0, 1.0, set()),
        (1.20, 1.0, 1.0, set()),
        (1.40, 1.0, 1.0, {"gdp_nominal", "industrial_firms", "secondary_share"}),
        (1.20, 1.10, 1.0, {"gdp_nominal", "industrial_firms", "secondary_share", "public_revenue", "retail_sales"}),
        (1.05, 1.10, 1.0, set()),
        (1.0, 1.0, 0.5, {"industrial_firms"}),
        (1.0, 1.0, 1.7, set()),
    ],
)
def test_steps_off_the_median_of_the_cities_are_breaks(
    gdp: float, people: float, firms: float, broken: set[str], indicators: Indicators, tmp_path: Path
) -> None:
    own = levels(1000, step=gdp), levels(300, 1.01, people), levels(500, step=firms)
    found = breaks_of(panel_with(indicators, tmp_path / "panel.csv", *own))
    watched = ("gdp_nominal", "industrial_firms", "secondary_share", "public_revenue", "retail_sales", "gdp_growth_real")
    declared = read_rules(MODEL, indicators).breaks
    assert all(item in found[code] for code in CODES for item in declared)
    assert [item.years for item in declared] == [[2019]]
    steps = [item for item in found[CODES[0]] if item not in declared]
    assert all((item.years, item.known_from) == ([2011], 2012) for item in steps)
    assert {name for name in watched if any(_concerns(item.indicators, name) for item in steps)} == broken
    assert all(found[code] == declared for code in CODES[1:])


def _concerns(patterns: list[str], name: str) -> bool:
    return any(pattern == name or (pattern.startswith("*") and name.endswith(pattern[1:])) or
               (pattern.endswith("*") and name.startswith(pattern[:-1])) for pattern in patterns)  # fmt: skip
