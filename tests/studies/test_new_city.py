"""A city from a table: it opens, runs, says what stood in for what, and leaves nothing behind when it cannot be made."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.base.errors import InputError, UsageError
from sim.inputs.home import Home
from sim.simulate import opening, pipeline
from sim.studies.new_city import make_city

YEARS = range(2005, 2024)
GROWTH, PRICES = 0.09, 0.01


def rows(source: str = "yearbook", factor: float = 1.0) -> Iterator[str]:
    for year in YEARS:
        level = 1000 * ((1 + GROWTH) * (1 + PRICES)) ** (year - 2005) * factor
        facts = {
            "gdp_nominal": (level, "亿元"), "gdp_growth_real": (100 * GROWTH, "%"), "secondary_share": (42, "%"),
            "tertiary_share": (45, "%"), "fiscal_expenditure": (1e4 * level / 8, "10k_CNY"),
            "population_registered": (500, "万人"), "gdp_per_capita": (level / 450 * 1e4, "CNY"),
            "industrial_enterprises_above_scale": (800 + 10 * (year - 2005), "count"),
            "university_students": (60000, "persons"), "sunshine": (1800, "h"),
        }  # fmt: skip
        yield from (f"岳阳市,Yueyang,{name},{year},{value!r},{unit},{source}" for name, (value, unit) in facts.items())


def table(folder: Path, *lines: str) -> Path:
    file = folder / "table.csv"
    file.write_text("city_zh,city,indicator,year,value,unit,source\n" + "\n".join(lines) + "\n", encoding="gbk")
    return file


def test_a_new_city_runs(copied: Home, tmp_path: Path) -> None:
    made = make_city(copied, "yueyang", table(tmp_path, *rows()), "岳阳市", "hunan")
    assert made.tidy.encoding == "GBK"
    assert made.tidy.unknown == ("sunshine",)
    assert made.city.data.settings.base_year == 2023
    assert {"population_base", "rd_intensity_base", "urban_share_base"} <= {record.name for record in made.taken_from_elsewhere}
    scenario = copied.scenarios / "yueyang.yaml"
    scenario.write_text("name: {zh: 岳阳, en: Yueyang}\ncity: yueyang\n", encoding="utf-8")
    (case,) = opening.open_cases(copied, [scenario], None, (), ())
    results = pipeline.run(case).results
    published = made.city.data.history.series("gdp_nominal", "yueyang")[2023].value
    assert float(results["gdp_nominal"].sel(year=2023).squeeze()) == pytest.approx(published, rel=1e-9)
    assert float(results["residents"].sel(year=2023).squeeze()) == pytest.approx(450.0, rel=1e-9)


def test_a_new_city_starts_from_its_own_figures_and_says_what_is_borrowed(copied: Home, tmp_path: Path) -> None:
    """Urban income of the year, spending on research of the year before the last, urban residents over all residents."""
    own = {
        ("income_urban", 2023): (41000, "CNY"), ("rd_internal_expenditure", 2021): (500000, "万元"),
        ("population_resident", 2023): (450, "万人"), ("population_resident_urban", 2023): (288, "万人"),
    }  # fmt: skip
    lines = [f"岳阳市,Yueyang,{name},{year},{value},{unit},yearbook" for (name, year), (value, unit) in own.items()]
    made = make_city(copied, "yueyang", table(tmp_path, *rows(), *lines), "岳阳市", "hunan")
    parameters, history = made.city.data.parameters, made.city.data.history
    scenario = copied.scenarios / "yueyang.yaml"
    scenario.write_text("name: {zh: 岳阳, en: Yueyang}\ncity: yueyang\n", encoding="utf-8")
    (case,) = opening.open_cases(copied, [scenario], None, (), ())
    base = pipeline.run(case).results.sel(year=2023)
    assert float(base["urban_income_per_head"].squeeze()) == pytest.approx(41000, rel=1e-6)
    assert float(base["urban_share"].squeeze()) == pytest.approx(288 / 450, rel=1e-6)
    gdp = history.series("gdp_nominal", "yueyang")[2021].value
    assert float(base["rd_intensity"].squeeze()) == pytest.approx(50 / gdp * 2.57 / 2.23, rel=1e-6)
    kinds = {name: item.base_origin.kind for name, item in parameters.items() if item.base_origin is not None}
    assert kinds["urban_share_base"] == kinds["rd_intensity_base"] == kinds["household_income_share"] == "derived"
    assert kinds["schooling_base"] == kinds["debt_base"] == "borrowed"
    assert "rd_intensity_base" in {record.name for record in made.of_near_years}
    assert {"urban_share_base", "rd_intensity_base"}.isdisjoint(record.name for record in made.taken_from_elsewhere)


def test_sources_are_ranked_and_what_differs_is_listed(copied: Home, tmp_path: Path) -> None:
    lines = [*rows("somebody", 1.05), *rows("China City Statistical Yearbook 2024")]
    made = make_city(copied, "yueyang", table(tmp_path, *lines), "Yueyang", "hunan", 2020)
    assert made.city.data.settings.base_year == 2020
    assert {choice.used.source for choice in made.choices} == {"yearbook_city_2024"}
    assert {choice.used.indicator for choice in made.disagreements} == {"gdp_nominal", "public_expenditure", "gdp_per_capita"}
    assert made.city.data.history.series("gdp_nominal", "yueyang")[2005].value == pytest.approx(1000.0)


@pytest.mark.parametrize(
    ("without", "extra", "expected"),
    [
        ("gdp_nominal", "", "no GDP at current prices"),
        ("industrial_enterprises", "", "no above-scale industrial firms"),
        ("nothing", "岳阳市,Yueyang,gdp_nominal,2010,5,亿元,yearbook", "gives two values for gdp_nominal 2010"),
        ("secondary_share", "", "value_added_secondary"),
    ],
)
def test_a_table_that_will_not_do_leaves_nothing(without: str, extra: str, expected: str, copied: Home, tmp_path: Path) -> None:
    before = copied.cities()
    lines = [line for line in rows() if f",{without}" not in line]
    with pytest.raises(InputError, match=expected):
        make_city(copied, "yueyang", table(tmp_path, *lines, extra), "Yueyang", "hunan")
    assert copied.cities() == before
    assert not list(copied.models.glob(".*"))


@pytest.mark.parametrize(
    ("base_year", "province", "expected"),
    [
        (2002, "hunan", "2002 cannot be a base year"),
        (None, "hunnan", "did you mean 'hunan'"),
        (None, "../x", "is no name"),
    ],
)
def test_a_city_that_cannot_be_opened_leaves_nothing(
    base_year: int | None, province: str, expected: str, copied: Home, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=expected):
        make_city(copied, "yueyang", table(tmp_path, *rows()), "Yueyang", province, base_year)
    assert "yueyang" not in copied.cities()
    assert list(copied.models.glob("*yueyang*")) == []


def test_names_and_folders_that_will_not_do(copied: Home, tmp_path: Path) -> None:
    file = table(tmp_path, *rows())
    with pytest.raises(UsageError, match="exists already"):
        make_city(copied, "hengyang", file, "Yueyang", "hunan")
    for name in ("../x", "岳阳", "Yueyang", ""):
        with pytest.raises(UsageError, match="cannot be the name"):
            make_city(copied, name, file, "Yueyang", "hunan")


def test_the_command_says_it_in_json(copied: Home, tmp_path: Path) -> None:
    file = table(tmp_path, *rows())
    command = [sys.executable, "-m", "sim", "new-city", "yueyang", "--data", str(file), "--province", "hunan"]
    done = subprocess.run(
        [*command, "--home", str(copied.folder), "--json"], capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["base_year"] == 2023
    assert said["choices"] == []
    assert any(item["parameter"] == "schooling_base" for item in said["taken_from_elsewhere"])
