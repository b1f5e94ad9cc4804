"""Faulty plan files: every fault at once, with its line, and no verdict on a plan that has not loaded whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.base.errors import InputError, SimError
from sim.city.city import open_city
from sim.inputs.home import Home
from sim.inputs.targets import read_catalogue, read_reviews

REGIONS = ("hengyang", "yanfeng", "baishazhou_park", "hengshan_science_city", "rest", "yanfeng_with_parks")
Edit = Callable[[dict[str, str]], None]


def edited(file: Path, edits: dict[str, Edit]) -> dict[str, int]:
    """Change rows of a table by id; the line of each."""
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    lines = {row["id"]: number for number, row in enumerate(rows, 2)}
    for row in rows:
        if row["id"] in edits:
            edits[row["id"]](row)
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return lines


def test_all_faults_of_the_targets_at_once_with_their_lines(copied: Home) -> None:
    plan = copied.models / "hengyang" / "plan"
    edits: dict[str, Edit] = {
        "hy_gdp_2025": lambda row: row.update(unit=""),
        "hy_mfg_share_gdp_2025": lambda row: row.update(region="hengyan"),
        "hy_four_above_firms_2025": lambda row: row.update(quote="到2025年,全市“四上企业”总数突破8000家"),
        "hy_talent_inflow_annual": lambda row: row.update(start_year="2026"),
        "hy_hightech_firms_2025": lambda row: row.update(id="hy_market_entities_2025"),
        "yf_pm25_2025": lambda row: row.update(kind="level_at_yaer", operator="=<", value="35 ug"),
    }
    lines = edited(plan / "targets.csv", edits)
    with pytest.raises(InputError) as caught:
        read_catalogue(plan, REGIONS)
    found = {(fault.place.line, fault.message.en.split(":")[-1].strip()) for fault in caught.value.faults}
    expected = [
        ("hy_gdp_2025", "unit is missing"),
        ("hy_mfg_share_gdp_2025", "no region hengyan"),
        ("hy_four_above_firms_2025", "quote not in 000_5a1f90430ff1e438.txt"),
        ("hy_talent_inflow_annual", "the year 2025 lies before its start, 2026"),
        ("yf_pm25_2025", "unknown kind level_at_yaer"),
        ("yf_pm25_2025", "unknown operator =<"),
        ("yf_pm25_2025", "'35 ug'"),
    ]
    for key, words in expected:
        assert (lines[key], words) in found
    doubled = [fault for fault in caught.value.faults if "stands twice" in fault.message.en]
    assert [fault.place.line for fault in doubled] == [lines["hy_hightech_firms_2025"]]
    assert f"first in line {lines['hy_market_entities_2025']}" in doubled[0].message.en


FAULTS = (
    ("facts.csv", "level,=,87,count", "level,=,87,", "f_yf_scale_industrial_firms: unit is missing"),
    ("facts.csv", "f_yf_pm25,", "yf_pm25_2025,", "both a target and a fact"),
    ("facts.csv", "f_yf_pm25,yanfeng", "f_yf_pm25,yanfen", "did you mean 'yanfeng'"),
    ("commitments.csv", "yf_sorted_collection_coverage,", "yf_pm25_2025,", "both a target and a commitment"),
    ("commitments.csv", "yf_sorted_collection_coverage,", "f_yf_pm25,", "both a target and a fact"),
    ("commitments.csv", "转运全覆盖,", "转运基本覆盖,", "yf_sorted_collection_coverage: quote not in"),
    ("commitments.csv", "=,11,km2", "=,12,km2", "bsz_park_terminals_area: value is '12 km2'"),
    ("measures.yaml", "coverage: sorted_collection_coverage", "coverage: sorted_coverage", "did you mean 'sorted_collection"),
    ("measures.yaml", "no_more_than: public_spending", "no_more_than: public_spendin", "did you mean 'public_spending'"),
    ("measures.yaml", "  - f_yf_zero_emp_help\n", "", "f_yf_zero_emp_help stands under no measure"),
    ("measures.yaml", "  - f_yf_zero_emp_help\n", "  - f_yf_pm25\n", "f_yf_pm25 stands under a measure and alone"),
    ("measures.yaml", "[yf_pm25_2025, f_yf_pm25]", "[yf_pm25_2025, f_yf_pm2]", "did you mean 'f_yf_pm25'"),
    ("measures.yaml", "unit: ug/m3", "unit: km2", "cannot be turned into km2"),
    ("measures.yaml", "unit: ug/m3", "unit: ppm", "unknown unit ppm"),
    ("measures.yaml", "within: ten_industries_output", "within: ten_industries", "did you mean 'ten_industries_output'"),
    ("measures.yaml", "    history: industry_share_gdp", "    within: manufacturing_share", "leads back to itself"),
    ("measures.yaml", "  yanfeng_with_parks:", "  yanfeng_with_park:", "did you mean 'yanfeng_with_parks'"),
    ("measures.yaml", "kind: ratio", "kind: rate", "did you mean 'ratio'"),
    ("measures.yaml", "better: less", "beter: less", "did you mean 'better'"),
    ("measures.yaml", "history: gdp_nominal", "history: gdp_nomnal", "did you mean 'gdp_nominal'"),
    ("documents.yaml", "  year: 2021\n", "", "year: this key is missing"),
    ("documents.yaml", "000_5a1f90430ff1e438.txt:", "000_5a1f90430ff1e438.tx:", "documents and documents.yaml differ"),
    ("../../prefecture/checks.yaml", "variable: gdp_real}]", "variable: gdp_reel}]", "did you mean 'gdp_real'"),
    ("../../prefecture/checks.yaml", "value_added, sum: [sector]", "value_added, sum: [sectr]", "has no dimension sectr"),
    ("../../prefecture/checks.yaml", "value_added, sum: [sector]", "value_added", "different dimensions"),
    ("../../prefecture/checks.yaml", "{variable: births}", "{variable: births, change: true}", "is no stock"),
    ("../../prefecture/checks.yaml", ", at_least: 0.001}", "}", "state at_least or at_most"),
)


@pytest.mark.parametrize(("file", "old", "new", "expected"), FAULTS)
def test_faulty_plan_files(file: str, old: str, new: str, expected: str, copied: Home) -> None:
    target = copied.models / "hengyang" / "plan" / file
    text = target.read_text(encoding="utf-8")
    assert old in text
    target.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
    with pytest.raises(SimError) as caught:
        open_city(copied, "hengyang")
    assert expected in str(caught.value)


def test_a_faulty_entry_of_a_document_is_one_fault(copied: Home) -> None:
    file = copied.models / "hengyang" / "plan" / "documents.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("year: 2021", 'year: "2021"', 1), encoding="utf-8")
    with pytest.raises(SimError) as caught:
        open_city(copied, "hengyang")
    assert len(caught.value.faults) == 1


def test_commitments_are_no_targets_and_need_not_be_there(copied: Home) -> None:
    plan = copied.models / "hengyang" / "plan"
    catalogue = open_city(copied, "hengyang").catalogue
    assert "yf_sorted_collection_coverage" in catalogue.commitments
    assert not set(catalogue.commitments) & set(catalogue.targets)
    assert set(catalogue.printed) == {*catalogue.targets, *catalogue.facts, *catalogue.commitments}
    (plan / "commitments.csv").unlink()
    with pytest.raises(SimError, match="no target and no fact bsz_park_terminals_area"):
        open_city(copied, "hengyang")
    known = (plan / "measures.yaml").read_text(encoding="utf-8")
    for key in catalogue.commitments:
        known = known.replace(f"claims: [{key}]", "claims: []")
    (plan / "measures.yaml").write_text(known, encoding="utf-8")
    assert open_city(copied, "hengyang").catalogue.commitments == {}


def test_a_plan_of_targets_alone_needs_neither_facts_nor_measures(copied: Home) -> None:
    plan = copied.models / "hengyang" / "plan"
    for name in ("facts.csv", "measures.yaml", "commitments.csv"):
        (plan / name).unlink()
    catalogue = open_city(copied, "hengyang").catalogue
    assert len(catalogue.targets) == 152
    assert not catalogue.facts
    assert not catalogue.measures.by_name
    (plan / "bindings.yaml").unlink()
    with pytest.raises(SimError, match=r"bindings\.yaml: no such file"):
        open_city(copied, "hengyang")


def test_rows_of_commas_below_a_table_are_none(copied: Home) -> None:
    file = copied.models / "hengyang" / "plan" / "targets.csv"
    before = len(open_city(copied, "hengyang").catalogue.targets)
    with file.open("a", encoding="utf-8", newline="") as handle:
        handle.write("," * 14 + "\r\n" + "," * 14 + "\r\n")
    assert len(open_city(copied, "hengyang").catalogue.targets) == before


def test_faulty_reviews(tmp_path: Path) -> None:
    file = tmp_path / "reviews.yaml"
    because = "judgement: holds, because: {zh: 甲, en: a}"
    file.write_text(
        f"- {{rule: already_mett, of: [a], {because}}}\n- {{rule: already_met, of: [b], {because}}}\n"
        "- {rule: already_met, of: [a], judgement: hold, because: {zh: 甲, en: a}}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_reviews(file, ["already_met"], ["a"])
    messages = [(fault.place.line, fault.message.en) for fault in caught.value.faults]
    assert (1, "no rule already_mett") in messages
    assert (2, "no target and no fact b") in messages
    assert any(line == 3 and "'hold' is not allowed" in text for line, text in messages)
    assert read_reviews(tmp_path / "none.yaml", [], []) == ()
