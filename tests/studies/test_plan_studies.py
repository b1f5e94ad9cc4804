"""Trace, feasibility, path, evaluation and attribution on the real city, small; the acceptance tests of the plan layer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import xarray as xr

from sim.base.errors import InputError, UsageError
from sim.inputs.home import Home
from sim.plan.selection import Selection
from sim.report.study_words import joint_sentence, sentences
from sim.result.tree import packed, read_tree
from sim.simulate import opening, pipeline
from sim.simulate.design import Design
from sim.simulate.draws import with_draws
from sim.simulate.opening import Case
from sim.studies.plan.attribute import attribution, players_of
from sim.studies.plan.evaluate import evaluated
from sim.studies.plan.feasibility import feasibility
from sim.studies.plan.path import PathRequest, menu, required_path
from sim.studies.plan.path_file import write_scenarios
from sim.studies.plan.trace import trace

FEW = Design(400, 0, 1)
THEN, PRIOR = 2021, Design(400, 0, 1, prior=True)
"""The year in which the targets of 2025 lay ahead, and the draws that could be made in it."""


def case_of(home: Home, name: str, *targets: str, settings: tuple[tuple[str, str], ...] = (), as_of: int | None = None) -> Case:
    case = opening.open_cases(home, [home.scenarios / f"{name}.yaml"], None, (), settings, as_of)[0]
    return with_only(case, *targets) if targets else case


def with_only(case: Case, *targets: str) -> Case:
    return replace(case, selection=Selection(tuple(case.city.catalogue.targets[name] for name in targets), ()))


def test_a_trace_ends_at_parameters_with_the_signs_that_the_equations_have(home: Home) -> None:
    found = trace(case_of(home, "baseline", "hy_gdp_2025"), "hy_gdp_2025", depth=4)
    assert found.document.found == "5a1c93f22f2cf9d88e9432ae0bfb95cf8e250c08092946d71c3759f356d5df89"
    assert found.target.quote in found.document.text
    assert found.year == 2025
    (root,) = found.roots
    flat, waiting = {}, [root]
    while waiting:
        item = waiting.pop()
        flat[item.name] = item
        waiting += item.drivers
    assert root.name == "gdp_nominal"
    assert root.drivers[0].name == "value_added_nominal"
    assert flat["value_added_nominal"].elasticity == pytest.approx(1.0)  # nominal GDP is its sum
    assert flat["productivity"].elasticity == pytest.approx(1.0)
    assert 0.3 < (flat["capital"].elasticity or 0.0) < 0.7
    assert flat["capital"].sign == 1
    assert flat["services_response"].source


def test_a_changed_document_makes_trace_fail_and_a_run_warn(copied: Home) -> None:
    file = copied.models / "hengyang" / "plan" / "documents" / "000_5a1f90430ff1e438.txt"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "。", encoding="utf-8")
    case = case_of(copied, "baseline", "hy_gdp_2025")
    with pytest.raises(InputError, match="the document has changed"):
        trace(case, "hy_gdp_2025")
    remarks = opening.prepare(case.scenario, case.city).selection.remarks
    assert any(file.name in remark.en and "no longer the text" in remark.en for remark in remarks)
    untouched = trace(with_only(case, "yf_pm25_2025"), "yf_pm25_2025", depth=0)
    assert not untouched.document.is_changed


def test_unknown_targets_and_years_are_refused(home: Home) -> None:
    case = case_of(home, "baseline", "hy_gdp_2025")
    with pytest.raises(UsageError, match="did you mean 'hy_gdp_2025'"):
        trace(case, "hy_gdp_2052")
    with pytest.raises(UsageError, match="2036 lies outside 2021–2035"):
        trace(case, "hy_gdp_2025", year=2036)
    with pytest.raises(UsageError, match="lies outside 2021–2035"):
        evaluated(case, 2036)


def test_every_sentence_of_a_verdict_is_written_again_from_the_file_alone(home: Home, tmp_path: Path) -> None:
    study = feasibility(case_of(home, "plan_2025", as_of=THEN), PRIOR)
    file = tmp_path / "feasibility.nc"
    file.write_bytes(packed(xr.DataTree.from_dict({"/study": study})))
    assert sentences(read_tree(file.read_bytes())["study"].to_dataset()) == sentences(study)
    text = [line.en for _, lines in sentences(study) for line in lines]
    (gdp,) = [line for line in text if line.startswith("GDP of Hengyang city (")]
    assert "it takes yearly growth of total factor productivity of" in gdp
    assert "the nation in 2009-18 0.70" in gdp


def test_the_shares_of_a_feasibility_study_are_those_of_the_scorecard(home: Home) -> None:
    case = case_of(home, "plan_2025")
    study = feasibility(case, FEW)
    scored = with_draws(pipeline.run(case), FEW)
    assert scored.ensemble is not None
    for name in study["target"].to_numpy():
        assert float(study["probability"].sel(target=name)) == scored.ensemble.shares[str(name)].probability
        assert float(study["probability_error"].sel(target=name)) == scored.ensemble.shares[str(name)].standard_error
    assert scored.ensemble.all_met is not None
    assert float(study["joint_error"]) == scored.ensemble.all_met.standard_error
    assert float(study["joint"]) == scored.ensemble.all_met.probability
    assert "all 4 undecided targets" in joint_sentence(study).en.replace("All", "all")  # published figures have decided three
    assert float(study["relaxed_joint"]) >= 0.5


def test_attribution_adds_up_and_the_ledger_is_one_player_with_what_it_reads(home: Home) -> None:
    one, other = case_of(home, "baseline"), case_of(home, "plan_2025")
    found = attribution(one, other, ("hy_gdp_2025", "hy_hightech_firms_2025"), pairs=10)
    total = (found["end"] - found["start"]).to_numpy()
    assert found["shapley"].sum("change").to_numpy() == pytest.approx(total, rel=1e-9)
    assert set(found["change"].to_numpy()).isdisjoint({"approval_days", "signings_top500", "project_investment"})
    assert "ledger" in found["change"].to_numpy()
    central = [pipeline.run(case) for case in (one, other)]
    for place, key in ((0, "start"), (1, "end")):
        score = next(item for item in central[place].scores if item.target.id == "hy_gdp_2025")
        assert float(found[key].sel(target="hy_gdp_2025")) == pytest.approx(score.projected, rel=1e-12)


def test_attribution_of_few_changes_is_exact_and_one_change_has_no_synergy(home: Home) -> None:
    one = case_of(home, "baseline", "hy_gdp_2025")
    other = case_of(home, "baseline", "hy_gdp_2025", settings=(("rd_policy", "0.01"), ("market_policy", "0.05")))
    assert [player.key for player in players_of(one, other)] == ["market_policy", "rd_policy"]
    found = attribution(one, other)
    assert found.attrs["exact"] == 1
    assert found["shapley"].sum("change").item() == pytest.approx(found["end"].item() - found["start"].item(), abs=1e-9)
    single = attribution(one, case_of(home, "baseline", "hy_gdp_2025", settings=(("rd_policy", "0.01"),)))
    assert single["synergy"].item() == 0.0
    with pytest.raises(UsageError, match="do not differ"):
        attribution(one, one)
    with pytest.raises(UsageError, match="base year"):
        attribution(one, case_of(home, "vision_2035"))


PATH_TARGETS = "hy_hightech_firms_2025", "hy_four_above_firms_2025"
PATH_LEVERS = ("hightech_push", "hightech_policy", "nurture_effort", "nurture_policy", "market_policy")


@pytest.mark.slow
def test_the_scenario_file_of_a_path_and_of_each_other_mix_reaches_what_it_promises(home: Home, tmp_path: Path) -> None:
    case = case_of(home, "plan_2025", *PATH_TARGETS, as_of=THEN)
    for share in (0.5, 0.8):
        request = PathRequest(share, replace(PRIOR, draws=1000), PATH_LEVERS, search=200)
        path = required_path(case, request)
        assert path.reaches
        assert path.joint >= share
        mixes = menu(case, request, path) if share == 0.5 else []
        folder = tmp_path / f"{share}"
        folder.mkdir()
        named = {"found": (path, ("甲", "a"))} | {f"mix{place}": (mix.path, ("乙", "b")) for place, mix in enumerate(mixes)}
        for file, made in zip(write_scenarios(folder, case, named), [path, *(mix.path for mix in mixes)], strict=True):
            reopened = opening.open_cases(home, [file], None, (), (), THEN)[0]
            done = with_draws(pipeline.run(reopened), request.design)
            assert done.ensemble is not None
            assert done.ensemble.all_met is not None
            assert done.ensemble.all_met.probability == pytest.approx(made.joint, abs=1e-12)
            assert done.ensemble.all_met.probability >= share


@pytest.mark.slow
def test_the_scenario_file_of_a_path_keeps_what_the_call_has_set_and_members_that_differ(copied: Home, tmp_path: Path) -> None:
    """Layers, --use, --set of values and of the ledger, and a lever whose members differ: the file alone does the same."""
    scenario = copied.scenarios / "mine.yaml"
    scenario.write_text(
        "name: {zh: 我的, en: mine}\nextends: plan_2025\n"
        "levers:\n  nurture_policy:\n    value: {2022: {industry: 0.01}, 2024: {industry: 0.02}}\n"
        "overrides:\n  more: {levers: {hightech_push: 1.4}}\n",
        encoding="utf-8",
    )
    settings = ("market_policy", "0.02"), ("ledger.delay.all", "1"), ("nurture_policy.industry", "0.015")
    case = replace(
        opening.open_cases(copied, [scenario], None, ("more",), settings, THEN)[0],
        selection=case_of(copied, "plan_2025", *PATH_TARGETS).selection,
    )
    path = required_path(case, PathRequest(0.5, PRIOR, ("nurture_policy", "hightech_push", "market_policy"), search=100))
    assert path.reaches
    (file,) = write_scenarios(tmp_path, case, {"found": (path, ("甲", "a"))})
    text = file.read_text(encoding="utf-8")
    assert "use: [more, found_set_1, found_set_2, found_set_3, found_required_path]" in text
    done = with_draws(pipeline.run(opening.open_cases(copied, [file], None, (), (), THEN)[0]), PRIOR)
    assert done.ensemble is not None
    assert done.ensemble.all_met is not None
    assert done.ensemble.all_met.probability == pytest.approx(path.joint, abs=1e-12)


@pytest.mark.slow
def test_what_cannot_be_reached_names_the_targets_and_the_bounds(home: Home) -> None:
    case = case_of(home, "plan_2025", "hy_mfg_share_gdp_2025", "hy_hightech_firms_2025", as_of=THEN)
    levers = "market_policy", "hightech_push", "hightech_policy"
    path = required_path(case, PathRequest(0.8, PRIOR, levers, search=200))
    assert not path.reaches
    short = {reading.target.id for reading, part in zip(path.readings, path.short, strict=True) if part > 0.0}
    assert short == {"hy_mfg_share_gdp_2025"}
    assert "market_policy" in {lever.name for lever in path.at_upper}


def test_the_final_evaluation_of_the_plan_is_what_happened(home: Home) -> None:
    rows = {row.target.id: row for row in evaluated(case_of(home, "whole_plan"), 2025)}
    assert len(rows) == 152
    gdp, share, firms = (rows[name] for name in ("hy_gdp_2025", "hy_mfg_share_gdp_2025", "hy_hightech_firms_2025"))
    assert (gdp.standing, gdp.actual, gdp.actual_year) == ("behind", 4689.55, 2025)
    assert "economic census" in gdp.reason.en
    assert (share.standing, share.actual) == ("behind", 22.7)  # of all industry: manufacturing is less
    assert (firms.standing, firms.actual) == ("behind", 1281.0)


def test_for_a_future_year_every_class_has_its_chance(home: Home) -> None:
    case = case_of(home, "plan_2025", "hy_gdp_2025", "hy_hightech_firms_2025")
    rows = evaluated(case, 2023, FEW)
    for row in rows:
        assert sum(share.probability for share in row.chances.values()) == pytest.approx(1.0)
    final = {row.target.id: row for row in evaluated(case, 2025, FEW)}["hy_gdp_2025"]
    scored = with_draws(pipeline.run(case), FEW)
    assert scored.ensemble is not None
    met = scored.ensemble.shares["hy_gdp_2025"].probability
    at_least = sum(final.chances[name].probability for name in ("ahead", "fast", "on_track"))
    assert at_least >= met - 1e-12  # broadly as expected lets progress be five points short


def test_late_projects_lower_the_chance_of_output_and_none_lower_it_further(home: Home) -> None:
    """Removing capital of the ledger lowers the chance of the GDP target step by step."""
    shares = []
    for settings in ((), (("ledger.delay.all", "3"),), (("ledger.cancel", "all"),)):
        done = with_draws(pipeline.run(case_of(home, "plan_2025", "hy_gdp_2025", settings=settings)), FEW)
        assert done.ensemble is not None
        shares.append(done.ensemble.shares["hy_gdp_2025"].probability)
    assert shares[0] > shares[1] > shares[2]
