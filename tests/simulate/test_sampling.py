"""Sweeps as people write them: what each method means, and every fault with its place and advice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.base.errors import Place, SimError
from sim.ensemble.designs import Grid, Listed, SpreadPoints
from sim.inputs.home import Home
from sim.inputs.sweep_section import Over, overs_of_call
from sim.simulate import opening
from sim.simulate.design import MOST_POINTS, Design, completed
from sim.simulate.sweeps.sensitivity import SensitivityRequest, morris_design, saltelli_design, unknowns_of

DEMAND, POLICY, NURTURE = "external_demand_lead", "rd_policy", "nurture_policy"


@pytest.fixture(scope="module")
def case(home: Home) -> opening.Case:
    [case] = opening.open_cases(home, [home.scenarios / "plan_2025.yaml"], None, (), ())
    return case


def asked(case: opening.Case, over: dict[str, Any], **more: Any) -> Design:
    overs = tuple(Over(key, raw, Place(key=key)) for key, raw in over.items())
    return completed(case, Design(over=overs, **more))


def faults(case: opening.Case, over: dict[str, Any], **more: Any) -> list[str]:
    with pytest.raises(SimError) as caught:
        asked(case, over, **more)
    return [fault.in_language("en") for fault in caught.value.faults]


def test_without_anything_to_sweep_the_ensemble_is_drawn(case: opening.Case) -> None:
    sampling = asked(case, {})
    assert (sampling.method, sampling.count, sampling.rest, sampling.sample) == ("ensemble", 2000, "ensemble", None)
    assert asked(case, {}, draws=77).count == 77


def test_values_make_a_grid_at_the_central_values(case: opening.Case) -> None:
    sampling = asked(case, {DEMAND: ["2 %", 0.04], POLICY: {"from": 0, "to": "2 %", "points": 3}})
    assert (sampling.method, sampling.count, sampling.rest) == ("grid", 6, "central")
    assert sampling.sample is not None
    assert sampling.sample.design == Grid(((0.02, 0.04), (0.0, 0.01, 0.02)))
    demand, policy = sampling.sample.inputs
    assert (demand.first_year, policy.first_year) == (None, 2021)  # an assumption holds always, a lever after the base year


def test_draws_make_every_point_an_ensemble(case: opening.Case) -> None:
    sampling = asked(case, {DEMAND: [0.02, 0.04]}, draws=50)
    assert (sampling.method, sampling.count, sampling.rest) == ("grid", 100, "ensemble")
    assert sampling.sample is not None
    assert sampling.sample.members == 50


def test_a_distribution_makes_a_random_design_and_a_list_goes_side_by_side(case: opening.Case) -> None:
    sampling = asked(case, {DEMAND: {"normal": [0.04, 0.01]}, POLICY: [0.0, 0.01]}, draws=64)
    assert (sampling.method, sampling.count, sampling.rest) == ("random", 64, "ensemble")
    assert sampling.sample is not None
    assert isinstance(sampling.sample.design, SpreadPoints)
    listed = asked(case, {DEMAND: [0.02, 0.04], POLICY: [0.0, 0.01]}, method="list")
    assert listed.sample is not None
    assert listed.sample.design == Listed(((0.02, 0.04), (0.0, 0.01)))


def test_a_factor_multiplies_and_a_member_stands_alone(case: opening.Case) -> None:
    sampling = asked(case, {"capital_exponent.manufacturing": {"values": [0.9, 1.1], "relative": True}})
    assert sampling.sample is not None
    [item] = sampling.sample.inputs
    assert item.relative
    assert item.members is not None
    assert item.members.sum() == 1


BAD: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"rd_polcy": [0.01]}, {}, "unknown parameter rd_polcy  → did you mean 'rd_policy'?"),
    ({f"{NURTURE}.industy": [0.01]}, {}, "has no member industy  → did you mean 'industry'?"),
    ({POLICY: []}, {}, "the range is empty"),
    ({POLICY: {"from": 0.01, "to": 0.01, "points": 5}}, {}, "the range is empty"),
    ({POLICY: {"uniform": [0.01, 0.01]}}, {}, "the range is empty"),
    ({POLICY: {"from": 0.0, "to": 0.01, "points": 0}}, {}, "points is a whole number"),
    ({POLICY: {"from": 0.0, "to": 0.01}}, {}, "points is missing"),
    ({POLICY: {"from": 0.0, "to": 0.01, "points": 2, "step": 1}}, {}, "unknown key step"),
    ({POLICY: {"uniform": [0.02, 0.01]}}, {}, "lies above the upper end"),
    ({POLICY: {"uniform": [0.0, 0.01, 0.02]}}, {}, "uniform takes [low, high]"),
    ({POLICY: {"triangular": [0.0, 0.03, 0.02]}}, {}, "the mode 0.03 lies outside"),
    ({POLICY: {"normal": [0.01, -1]}}, {}, "must be above zero"),
    ({POLICY: {"normal": [0.5, 0.01]}}, {}, "0.5 lies outside -0.02 … 0.05"),
    ({POLICY: {"lognormal": [0.01, 0.9]}}, {}, "a factor above 1"),
    ({POLICY: {"uniform": [0.0, 0.9]}}, {}, "0.9 lies outside -0.02 … 0.05 (ratio)  → did you mean 0.9 %?"),
    ({POLICY: {"unifrom": [0.0, 0.01]}}, {}, "did you mean 'uniform'?"),
    ({POLICY: {"uniform": [0.0, 0.01], "normal": [0.0, 0.01]}}, {}, "exactly one kind"),
    ({POLICY: {"values": [1.0], "relative": "yes"}}, {}, "relative is true or false"),
    ({POLICY: ["a lot"]}, {}, "a number is wanted"),
    ({f"{NURTURE}.industry": {"values": [0.5, 1.5], "relative": True}}, {}, "is nought: factors change nothing"),
    ({"capital_exponent": [0.3], "capital_exponent.manufacturing": [0.3]}, {}, "change the same values"),
    ({}, {"rest": "central"}, "all draws alike"),
    ({POLICY: [0.0] * 1001}, {"method": "list", "draws": 1_000_000}, "1,001,000,000 points, at most 1,000,000,000"),
    ({POLICY: ["2 亿元"]}, {}, "does not fit"),
    ({POLICY: [float("nan")]}, {}, "finite"),
    ({POLICY: [0.01]}, {"method": "ensemble"}, "method: ensemble sweeps no parameter"),
    ({POLICY: {"uniform": [0.0, 0.01]}}, {"method": "grid"}, "needs single values"),
    ({POLICY: [0.01], DEMAND: [0.02, 0.03]}, {"method": "list"}, "as many values for each"),
    ({POLICY: [0.01]}, {"rest": "central", "draws": 5}, "no draws"),
    ({}, {"method": "grid"}, "no parameter to sweep is named"),
    ({}, {"outputs": ("gdp_nomial",)}, "did you mean 'gdp_nominal'?"),
    ({"construction_capacity": [100.0]}, {}, "is read by the project ledger"),
]


@pytest.mark.parametrize(("over", "more", "said"), BAD)
def test_every_fault_is_named(case: opening.Case, over: dict[str, Any], more: dict[str, Any], said: str) -> None:
    [found] = faults(case, over, **more)
    assert said in found


def test_all_faults_come_together(case: opening.Case) -> None:
    found = faults(case, {"rd_polcy": [1], POLICY: [], DEMAND: {"normal": [0.04, 0]}}, outputs=("nothing",))
    assert len(found) == 4


def test_a_grid_of_more_than_a_billion_points_is_refused_with_its_number(case: opening.Case) -> None:
    wide = {"from": 0.0, "to": 0.02, "points": 100_000}
    [found] = faults(case, {POLICY: wide, DEMAND: wide})
    assert "100,000 × 100,000 = 10,000,000,000 points, at most 1,000,000,000" in found
    assert "method: random" in found
    [found] = faults(case, {POLICY: {**wide, "points": 1_000_000}, DEMAND: [0.02, 0.03]}, draws=501)
    assert "1,000,000 × 2 × 501" in found
    assert asked(case, {POLICY: {**wide, "points": 1_000_000}, DEMAND: [0.02, 0.03]}, draws=500).count == MOST_POINTS


def test_the_command_line_writes_ranges_as_yaml() -> None:
    short, long = overs_of_call([("a", "1, 2 %,3"), ("b", "{uniform: [1, 3]}")])
    assert short.raw == ["1", "2 %", "3"]
    assert long.raw == {"uniform": [1, 3]}
    with pytest.raises(SimError, match="cannot read"):
        overs_of_call([("a", "[1, 2")])
    with pytest.raises(SimError, match="--over a is written twice"):
        overs_of_call([("a", "1"), ("a", "2")])


def test_a_section_of_the_scenario_is_read_with_its_places(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    text = "name: {zh: 甲, en: mine}\ncity: hengyang\nsweep:\n  method: grid\n  over:\n    rd_policy: [0, 9]\n"
    file.write_text(text, encoding="utf-8")
    [case] = opening.open_cases(home, [file], None, (), ())
    with pytest.raises(SimError, match=r"mine.yaml:6:5 sweep.over.rd_policy: 9 lies outside"):
        completed(case, Design())
    file.write_text(text.replace("[0, 9]", "[0, 0.01]"), encoding="utf-8")
    [case] = opening.open_cases(home, [file], None, (), ())
    assert completed(case, Design()).count == 2
    file.write_text(text.replace("method: grid", "methode: grid"), encoding="utf-8")
    with pytest.raises(SimError, match="unknown key methode"):
        opening.open_cases(home, [file], None, (), ())


def test_an_extended_scenario_keeps_its_sweep_until_another_is_written(home: Home, copied: Home) -> None:
    del home
    first = copied.scenarios / "first.yaml"
    first.write_text("name: {zh: 甲, en: a}\nextends: baseline\nsweep: {draws: 11}\n", encoding="utf-8")
    second = copied.scenarios / "second.yaml"
    second.write_text("name: {zh: 乙, en: b}\nextends: first\n", encoding="utf-8")
    [case] = opening.open_cases(copied, [second], None, (), ())
    assert completed(case, Design()).count == 11
    assert completed(case, Design(draws=12)).count == 12


def test_samples_for_indices(case: opening.Case) -> None:
    request = Design(over=(Over(DEMAND, {"uniform": [0.02, 0.06]}, Place(key=DEMAND)),), seed=3)
    unknowns = unknowns_of(case, request)
    sampling = saltelli_design(case, unknowns, request, 8)
    assert sampling.sample is not None
    assert sampling.sample.keys == (DEMAND, "shocks", "projects")
    assert sampling.count == 8 * 5
    still = saltelli_design(case, unknowns, Design(rest="central"), 8)
    assert still.sample is not None
    assert still.sample.keys == (DEMAND,)
    assert morris_design(unknowns, request, 4).count == 8
    for base in (0, 1, 3, 1000, -4):
        with pytest.raises(SimError, match="power of two"):
            SensitivityRequest(base=base).fail_if_unfit()
    with pytest.raises(SimError, match="no unknown"):
        morris_design((), request, 4)


def test_all_unknowns_spread_around_their_values(case: opening.Case) -> None:
    unknowns = unknowns_of(case, Design(prior=True))
    assert len(unknowns) > 40
    for unknown in unknowns:
        low, high = unknown.distribution.at(np.array([0.0, 1.0]))
        assert low <= 1.0 <= high
