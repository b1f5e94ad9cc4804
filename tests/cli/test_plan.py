"""The verbs of `plan` as a user meets them: what they print, JSON, exit status, and faults that say what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sim.base.text import LANGUAGES
from sim.city.city import City
from sim.inputs.home import Home
from sim.inputs.targets import read_reviews
from sim.plan.claims import plan_of
from sim.plan.findings import review_of
from sim.plan.lint import RULES, lint
from sim.report.reference import lint_markdown
from tests.cli.calling import ROOT, sim

FEW = ("--draws", "200", "--workers", "1")


def json_of(*words: str | Path) -> Any:
    done = sim("plan", *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_lint_pages_are_fresh_and_every_finding_has_been_reviewed(world: City) -> None:
    catalogue = world.catalogue
    reviews = read_reviews(catalogue.file.with_name("reviews.yaml"), RULES, catalogue.printed)
    findings = lint(plan_of(world.data, catalogue))
    for language in LANGUAGES:
        page = ROOT / "docs" / ("plan_lint.md" if language == "zh" else "plan_lint_en.md")
        text = lint_markdown(findings, reviews, catalogue.documents, language) + "\n"
        assert page.read_text(encoding="utf-8") == text, f"python -m sim plan lint --markdown --lang {language} > {page}"
    used = [review_of(item, reviews) for item in findings]
    assert None not in used
    assert len({id(item) for item in used}) == len(reviews), "a review of no finding"


def test_lint_prints_sentences_and_json_has_its_keys() -> None:
    done = sim("plan", "lint", "--lang", "zh")
    assert "87 + 10 × 5 = 137 < 150" in done.stdout
    assert "复核（属实）" in done.stdout
    records = json_of("lint", "--lang", "en")
    assert {"rule", "severity", "targets", "facts", "message", "arithmetic", "quotes", "review"} <= set(records[0])
    assert {record["severity"] for record in records} == {"conflict", "doubt", "note"}
    later = json_of("lint", "--as-of", "2023")
    assert any(item["rule"] == "unseen_rate" and item["targets"] == ["hy_gdp_2025"] for item in later)


@pytest.mark.parametrize("form", [(), ("--json",), ("--markdown",)])
def test_a_city_without_a_plan_is_no_clean_plan(form: tuple[str, ...]) -> None:
    done = sim("plan", "lint", "--city", "changsha", "--lang", "en", *form)
    assert done.returncode == 2
    assert "no plan of changsha has been entered" in done.stderr
    assert not done.stdout


def test_lint_minds_changed_documents_and_reviews_of_nothing(copied: Home) -> None:
    plan = copied.models / "hengyang" / "plan"
    documents, reviews = plan / "documents.yaml", plan / "reviews.yaml"
    documents.write_text(
        documents.read_text(encoding="utf-8").replace("sha256: 5a1c93f2", "sha256: 6a1c93f2"), encoding="utf-8"
    )
    text = reviews.read_text(encoding="utf-8").replace("of: [f_yf_tech_contracts_a,", "of: [f_yf_gdp_cum,", 1)
    reviews.write_text(text, encoding="utf-8")
    done = sim("plan", "lint", "--home", copied.folder, "--lang", "en")
    assert done.returncode == 0
    assert "is no longer the text that targets were taken from" in done.stderr
    assert "different_numbers (f_yf_gdp_cum, f_yf_tech_contracts_b) in reviews.yaml speaks of no finding" in done.stderr


def test_trace_prints_sentence_document_hash_and_drivers() -> None:
    done = sim("plan", "trace", "hy_gdp_2025", "--lang", "zh", "--depth", "2")
    assert done.returncode == 0, done.stderr
    for words in ("到2025年,地区生产总值达到5500亿元左右", "sha256 5a1c93f2", "targets.csv:2", "+ +1.00 增加值（现价）"):
        assert words in done.stdout
    ledger = sim("plan", "trace", "yf_roads_started", "--lang", "en")
    assert "bound to the project ledger: p1_roads25" in ledger.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("trace", "hy_gdp_2052"), "did you mean 'hy_gdp_2025'"),
        (("trace", "hy_gdp_2025", "--year", "3000"), "give a whole number from 1949 to 2100"),
        (("trace", "hy_gdp_2025", "--depth", "x"), "--depth 'x' cannot be used"),
        (("lint", "--as-of", "soon"), "--as-of 'soon' cannot be used"),
        (("evaluate",), "such as --as-of 2025"),
        (("feasibility", "--draws", "0"), "a whole number from 30"),
        (("path", "--levers", "0", "--chance", "2", "--chance", "x"), "--chance 'x' cannot be used"),
        (("path", "--target", "hy_china_quality_award"), "no target that levers could reach"),
        (("trace", "地区生产总值年"), "no target"),
        (("trace", "生产总值"), "names like it: hy_gdp_2025"),
        (("evaluate", "--as-of", "2025", "--scenario", "vision_2035"), "names no target"),
        (("feasibility", "--target", "hy_logistics_5a_2025", "--draws", "30"), "hy_logistics_5a_2025"),
        (("path", "--draws", "3"), "a whole number from 30"),
        (("evaluate", "--as-of", "2025", "--draws", "1"), "a whole number from 30"),
        (("evaluate", "--as-of", "2050"), "lies outside"),
        (("feasibility", "--reach", "2"), "such as 80%"),
        (("feasibility", "--target", "hy_gpd_2025"), "did you mean 'hy_gdp_2025'"),
        (("path", "--as-of", "2021", "--prior", "--lever", "rd_polcy"), "did you mean 'rd_policy'"),
        (("path", "--target", "hy_gdp_2025"), "(2025) are over"),
        (("path", "--as-of", "2021", "--target", "hy_gdp_2025"), "add --prior"),
        (("feasibility", "--target", "hy_gdp_2025", "--draws", "30"), "judged from published data"),
        (("path", "--chance", "0"), "such as 80%"),
        (("attribute", "baseline", "baselin"), "did you mean 'baseline'"),
        (("attribute", "baseline", "vision_2035"), "differ in their base year"),
    ],
)
def test_wrong_calls_say_what_to_do(words: tuple[str, ...], expected: str, tmp_path: Path) -> None:
    out = ("--out", tmp_path) if words[0] in ("feasibility", "path") else ()
    done = sim("plan", *words, *out, "--lang", "en")
    assert done.returncode == 2, done.stdout
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_feasibility_writes_its_file_and_says_the_same_as_json(tmp_path: Path) -> None:
    found = json_of("feasibility", "plan_2025", *FEW, "--out", tmp_path, "--reach", "60%")
    assert (Path(found["folder"]) / "feasibility.nc").is_file()
    assert len(found["targets"]) == 4  # published figures have decided three
    assert len(found["lift"]) == 4
    assert found["draws"] == 200
    assert sum(len(lines) for lines in found["sentences"].values()) > 15


def test_evaluate_prints_the_classes_of_the_bureau() -> None:
    done = sim("plan", "evaluate", "--as-of", "2025", "--draws", "0", "--lang", "zh")
    assert done.returncode == 0, done.stderr
    for words in ("未完成", "无法评估", "4,690 (2025)", "第五次全国经济普查"):
        assert words in done.stdout
    records = json_of("evaluate", "--as-of", "2023", "--scenario", "plan_2025", *FEW)
    gdp = next(item for item in records if item["target"] == "hy_gdp_2025")
    assert (gdp["standing"], gdp["actual_year"], gdp["time_share"]) == ("behind", 2023, 0.6)
    assert sum(gdp["chances"].values()) == pytest.approx(1.0)


def test_attribute_adds_up_in_json() -> None:
    found = json_of("attribute", "baseline", "plan_2025", "--target", "hy_gdp_2025")
    (target,) = found["targets"]
    parts = sum(item["shapley"] for item in target["changes"])
    assert parts == pytest.approx(target["end"] - target["start"], abs=1e-9)


@pytest.mark.slow
def test_path_writes_scenarios_that_run(tmp_path: Path) -> None:
    words = ("--target", "hy_hightech_firms_2025", "--chance", "50%", "--lever", "hightech_push", "--lever", "hightech_policy")
    then = ("--as-of", "2021", "--prior")
    found = json_of("path", "plan_2025", *words, *FEW, *then, "--out", tmp_path)
    (path,) = found["paths"]
    assert path["reaches"]
    assert found["files"][0] == "plan_2025_p50.yaml"
    file = Path(found["folder"]) / found["files"][0]
    done = sim("run", file, *FEW, *then, "--out", tmp_path / "runs", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["draws"][0]["all_met"] == pytest.approx(path["joint"])


def test_a_target_may_be_named_as_it_is_printed_and_numbers_be_wide() -> None:
    done = sim("plan", "trace", "地区生产总值", "--lang", "zh", "--depth", "１")
    assert done.returncode == 0, done.stderr
    assert "hy_gdp_2025" in done.stdout


def test_targets_that_draws_cannot_judge_are_named_with_the_reason(tmp_path: Path) -> None:
    words = ("--target", "hy_rd_intensity_3pct", "--target", "hy_gdp_2025", "--target", "hy_logistics_5a_2025")
    found = json_of("feasibility", *words, "--draws", "30", "--workers", "1", "--out", tmp_path, "--lang", "en")
    lines = [line for part in found["sentences"].values() for line in part]
    assert any(line.startswith("Targets that draws cannot judge, left out: ") for line in lines)
