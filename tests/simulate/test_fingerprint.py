"""The fingerprint of a fit: change by change, what asks for a new fit, what for new weights, and what costs nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.inputs.home import Home
from sim.result.posterior import Fingerprint, data_key
from sim.simulate.likelihood.hindcast import HindcastSpan
from sim.simulate.likelihood.reweighting import fingerprint

CITY, MODEL = "changsha", "prefecture"
FIRST, LAST = 2014, 2018


def found(home: Home) -> Fingerprint:
    return fingerprint(home, MODEL, HindcastSpan(home.folder, CITY, FIRST, LAST))


@pytest.fixture(scope="module")
def before(home: Home) -> Fingerprint:
    return found(home)


def replaced(file: Path, old: str, new: str) -> None:
    encoding = "utf-8-sig" if file.suffix == ".csv" else "utf-8"
    text = file.read_text(encoding=encoding)
    assert old in text, (file, old)
    file.write_text(text.replace(old, new, 1), encoding=encoding)


def changes(before: Fingerprint, after: Fingerprint) -> set[str]:
    return {name for name in ("beliefs", "tables", "data") if getattr(before, name) != getattr(after, name)}


def row(indicator: str, year: int, value: float, unit: str, before: str) -> tuple[str, str, str]:
    """A new row of the city in front of another."""
    return f"{CITY}/history.csv", before, f"{CITY},{year},{indicator},{value},{unit},yearbook_city_2024,2025,,,\n{before}"


def value(indicator: str, year: int, old: str, new: str) -> tuple[str, str, str]:
    """A value of the city, revised."""
    head = f"{CITY},{year},{indicator},"
    return f"{CITY}/history.csv", f"{head}{old},", f"{head}{new},"


PARAMETERS, PUBLISHED = "prefecture/parameters.yaml", "prefecture/published.yaml"
RESIDENTS = "{variable: residents, history: population_"
NOTHING = {
    "a comment in an equation": ("prefecture/technology.py", '"""', '# a remark for readers\n"""'),
    "another wording of an equation": ("prefecture/technology.py", "Productivity, R&D", "The productivity, R&D"),
    "the label of a parameter": (PARAMETERS, "label: {zh: 追赶速度", "label: {zh: 追赶的速度"),
    "the source of a parameter": (PARAMETERS, "条件收敛 1–3%/年", "条件收敛，每年 1–3%"),
    "the label of a fitted indicator": (PUBLISHED, "label: {zh: 地区生产总值", "label: {zh: 生产总值"),
    "a check that is not fitted": (PUBLISHED, f"{RESIDENTS}resident", f"{RESIDENTS}registered"),
    "a value of an indicator that is not fitted": value("retail_sales", 2015, "3690.593", "3790.593"),
    "a row of an indicator that is not fitted": row("retail_sales", 2024, 6000, "亿元", f"{CITY},2023,retail_sales,"),
    "a later year of a fitted indicator": row("gdp_growth_real", 2024, 5.0, "%", f"{CITY},2023,gdp_growth_real,"),
    "a revised later year": value("gdp_growth_real", 2023, "4.8", "4.6"),
    "the name of the city": (f"{CITY}/city.yaml", "长沙市", "星城长沙"),
    "the title of a source": (f"{CITY}/sources.yaml", "title_zh: ", "title_zh: 又名"),
    "a row of another city": ("hengyang/history.csv", "hengyang,2015,gdp_growth_real,8", "hengyang,2015,gdp_growth_real,7"),
}
COSTS = {
    "an equation": (("prefecture/technology.py", "-growth_momentum /", "-1.01 * growth_momentum /"), {"beliefs"}),
    "a prior": ((PARAMETERS, "prior: [0.01, 0.03]", "prior: [0.01, 0.04]"), {"beliefs"}),
    "how an indicator is fitted": ((PUBLISHED, "fit: {error: 0.005", "fit: {error: 0.006"), {"beliefs"}),
    "a fitted value": (value("gdp_growth_real", 2015, "9.9", "9.7"), {"data"}),
    "a value that a base year rests on": (value("public_expenditure", 2015, "924.9992", "1024.9992"), {"data"}),
    "a break": ((f"{CITY}/breaks.yaml", "years: [", "years: [2016, "), {"data"}),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", NOTHING)
def test_what_the_likelihood_does_not_read_costs_nothing(what: str, before: Fingerprint, copied: Home) -> None:
    file, old, new = NOTHING[what]
    replaced(copied.models / file, old, new)
    assert changes(before, found(copied)) == set()


@pytest.mark.slow
@pytest.mark.parametrize("what", COSTS)
def test_what_the_likelihood_reads_is_noticed(what: str, before: Fingerprint, copied: Home) -> None:
    (file, old, new), expected = COSTS[what]
    replaced(copied.models / file, old, new)
    assert changes(before, found(copied)) == expected


@pytest.mark.slow
def test_the_value_of_a_parameter_that_the_fit_reads_is_a_belief(before: Fingerprint, copied: Home) -> None:
    replaced(copied.models / "prefecture/parameters.yaml", "\n  value: 0.02\n", "\n  value: 0.021\n")
    assert "beliefs" in changes(before, found(copied))


@pytest.mark.slow
def test_the_model_s_tables_are_told_apart_from_the_city_s_data(before: Fingerprint, copied: Home) -> None:
    file = copied.models / "prefecture" / "base_year" / "defaults.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    assert changes(before, found(copied)) == {"tables"}


@pytest.mark.parametrize(
    "part", ["plan/bindings.yaml", "plan/targets.csv", "plan/measures.yaml", "plan/foresight.yaml", "ledger.csv"]
)
def test_a_plan_is_not_even_looked_at(part: str, home: Home, copied: Home) -> None:
    file = copied.models / "hengyang" / part
    file.write_bytes(file.read_bytes() + b"\n")
    assert data_key(copied, MODEL, ("hengyang",)) == data_key(home, MODEL, ("hengyang",))
