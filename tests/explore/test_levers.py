"""What the page says is what the command line would say: central runs, draws, files that are saved and loaded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.base.errors import SimError
from sim.base.text import LANGUAGES
from sim.explore import views
from sim.explore.levers import LEVELS, LeverView, State, levers_of
from sim.explore.saving import LARGEST, load_levers, scenario_text
from sim.explore.sliders import by_key
from sim.explore.views import charts_of
from sim.inputs.home import Home
from sim.simulate import opening, pipeline
from sim.simulate.design import Design
from sim.simulate.draws import with_draws
from sim.studies.plan.path import levers_file

MOVES = {"rd_policy": 0.012, "talent_spend": 5.0, "nurture_effort": 0.95}


def opened(home: Home, name: str = "plan_2025") -> opening.Case:
    return opening.open_cases(home, [home.scenarios / f"{name}.yaml"], None, (), ())[0]


@pytest.fixture(scope="module")
def levers(home: Home) -> LeverView:
    return levers_of(opened(home))


def saved(levers: LeverView, folder: Path, home: Home) -> opening.Case:
    """What is moved, saved as a file beside the scenarios, and opened as the command line would open it."""
    for file in home.scenarios.glob("*.yaml"):
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "mine.yaml").write_text(scenario_text(levers, MOVES), encoding="utf-8")
    return opening.open_cases(home, [folder / "mine.yaml"], None, (), ())[0]


def test_every_lever_has_its_slider_within_the_bounds_that_are_believable(levers: LeverView) -> None:
    sliders, entries = by_key(levers.groups), levers_file(levers.case).levers
    assert set(sliders) == set(entries)
    assert sum(len(group.sliders) for group in levers.groups) == len(entries)
    for slider in sliders.values():
        assert slider.low <= slider.now <= slider.high
        assert slider.notch > 0.0
        assert slider.source.zh
    assert any("R&D" in text.zh or "研发" in text.zh for text in sliders["science_budget"].commitments)


def test_the_scenario_as_it_is_gives_the_numbers_of_a_run(levers: LeverView) -> None:
    outcome = pipeline.run(levers.case)
    for one, other in zip(levers.still.scores, outcome.scores, strict=True):
        assert one.verdict == other.verdict
        assert one.projected == pytest.approx(other.projected, rel=1e-12)
        assert (one.projected_real is None) == (other.projected_real is None)
        assert (one.projected_real or 0.0) == pytest.approx(other.projected_real or 0.0, rel=1e-12)


def test_moved_levers_give_the_numbers_of_the_file_that_is_saved(levers: LeverView, home: Home, tmp_path: Path) -> None:
    outcome = pipeline.run(saved(levers, tmp_path, home))
    found = levers.answer(MOVES)
    for one, other in zip(found.scores, outcome.scores, strict=True):
        assert one.projected == pytest.approx(other.projected, rel=1e-12)
    region = levers.case.city.data.key
    for name in levers.series:
        ours, theirs = found.series(name, region), outcome.results[name].sel(region=region)
        assert list(ours.values()) == pytest.approx(theirs.values.tolist(), rel=1e-12)


@pytest.mark.parametrize("is_moved", [False, True])
def test_draws_are_those_of_the_file_that_is_saved(is_moved: bool, levers: LeverView, home: Home, tmp_path: Path) -> None:  # noqa: FBT001
    case = saved(levers, tmp_path, home) if is_moved else levers.case
    outcome = with_draws(pipeline.run(case), Design(200, 3, 1))
    spread = levers.spread(MOVES if is_moved else {}, count=200, seed=3)
    assert outcome.ensemble is not None
    assert {name: share.probability for name, share in spread.shares.items()} == {
        name: share.probability for name, share in outcome.ensemble.shares.items()
    }
    assert spread.joint is not None
    assert outcome.ensemble.all_met is not None
    assert spread.joint.probability == outcome.ensemble.all_met.probability
    middle = outcome.ensemble.quantiles["gdp_nominal"][3][:, 0]
    assert spread.bands["gdp_nominal"][LEVELS.index(0.5)] == pytest.approx(middle, rel=1e-9)
    assert np.array_equal(spread.lift, spread.lift.T, equal_nan=True)


def test_a_file_that_is_loaded_gives_what_was_saved(levers: LeverView, home: Home) -> None:
    content = scenario_text(levers, MOVES).encode()
    loaded = load_levers(content, "mine.yaml", home, levers.case.city)
    for one, other in zip(loaded.still.scores, levers.answer(MOVES).scores, strict=True):
        assert one.projected == pytest.approx(other.projected, rel=1e-12)


def test_what_is_loaded_can_be_moved_and_saved_again(levers: LeverView, home: Home) -> None:
    first = (
        "name: {zh: 甲, en: A}\nextends: plan_2025\n"
        "assumptions:\n  external_demand_lead: {2022: 3 %, 2025: 2 %, shape: ramp}\n"
        "ledger:\n  delay: {p0_hub_transport: 2}\n"
    )
    loaded = load_levers(first.encode(), "first.yaml", home, levers.case.city)
    again = load_levers(scenario_text(loaded, MOVES).encode(), "second.yaml", home, levers.case.city)
    for one, other in zip(again.still.scores, loaded.answer(MOVES).scores, strict=True):
        assert one.projected == pytest.approx(other.projected, rel=1e-12)
    assert again.still.scores[0].projected != pytest.approx(levers.answer(MOVES).scores[0].projected, rel=1e-6)


def test_what_the_call_has_set_is_saved(home: Home) -> None:
    settings = (("external_demand_lead", "2 %"), ("ledger.delay.p0_hub_transport", "1"))
    (case,) = opening.open_cases(home, [home.scenarios / "plan_2025.yaml"], None, (), settings)
    called = levers_of(case)
    again = load_levers(scenario_text(called, {}).encode(), "mine.yaml", home, case.city)
    for one, other in zip(again.still.scores, called.still.scores, strict=True):
        assert one.projected == pytest.approx(other.projected, rel=1e-12)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name: {zh: a, en: a}\nextends: plan_2025\nlevers:\n  rd_polcy: 0.01\n", "rd_policy"),
        (b"name: {zh: a, en: a}\nextends: plan_2025\nlevers:\n  rd_policy: 9\n", "rd_policy"),
        (b"name: {zh: a, en: a}\nextends: plan_2025\nlevrs: {}\n", "levrs"),
        (b"\xff\xfe\x00", ""),
        (b"!!python/object/apply:os.system ['true']\n", ""),
        (b"name: {zh: a, en: a}\nextends: ../../etc/passwd\n", ""),
        (b"name: {zh: a, en: a}\ncity: changsha\n", "city"),
        (b"x" * (LARGEST + 1), "larger"),
    ],
)
def test_a_file_that_is_handed_in_passes_the_checks_of_the_command_line(
    content: bytes, said: str, levers: LeverView, home: Home
) -> None:
    with pytest.raises(SimError) as error:
        load_levers(content, "../../../mine.yaml", home, levers.case.city)
    assert said in "\n".join(error.value.lines("en"))


def test_a_lever_outside_its_range_is_a_fault(levers: LeverView) -> None:
    with pytest.raises(SimError):
        levers.answer({"rd_policy": 9.0})


def test_what_two_people_move_does_not_mix_and_can_be_taken_back(levers: LeverView) -> None:
    one, other = State(levers), State(levers)
    one.move("rd_policy", 0.01)
    one.move("rd_policy", 0.012)
    one.move("rd_policy", 0.012)
    assert other.moves == {}
    one.undo()
    assert one.moves == {"rd_policy": 0.01}
    one.go(moves={})
    assert one.moves == {}
    one.undo()
    one.undo()
    assert (one.moves, one.can_undo) == ({}, False)
    one.undo()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_and_charts_show_the_answer(levers: LeverView, language: str) -> None:
    now, spread = levers.answer(MOVES), levers.spread(MOVES, count=60)
    table = views.scorecard(spread.judged(now), levers.still_spread.judged(levers.still), spread, language)  # type: ignore[arg-type]
    assert table.count("<tr data-target=") == len([score for score in now.scores if score.projected is not None])
    assert {"zh": "尚无公布数的目标全部", "en": "All undecided targets"}[language] in table  # publication decided the others
    labels = {score.target.id: score.target.name for score in now.scores}
    assert views.conflict_map(spread, levers.conditions.names, labels, language).count('scope="row"') == len(spread.shares)  # type: ignore[arg-type]
    case = levers.case
    for chart in charts_of(levers, levers, language):  # type: ignore[arg-type]
        chart.show(now, case.city.data.key)
        chart.spread(spread, levers.still_spread, [int(year) for year in now.results["year"].values])
        assert chart.now.data["value"] == chart.bands.data["q50"]  # the line is the median of the draws
        low, high = (np.array(chart.bands.data[key]) for key in ("q10", "q90"))
        assert np.all(low <= high)
