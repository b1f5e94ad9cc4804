"""Every target says where its base comes from; a borrowed base gives no verdict; a base year is one that the city declares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from sim.base.errors import InputError
from sim.base.text import Text
from sim.city.city import City, open_city
from sim.inputs.home import Home, find_home
from sim.inputs.provenance import DERIVED, OWN, BaseOrigin, borrowed, weakest
from sim.plan.base_origin import bases_of
from sim.plan.scorecard import COLUMNS, Score, full_row, score_row
from sim.simulate import opening, pipeline
from sim.studies.plan.path import movable

HOME = find_home(Path(__file__).resolve().parents[2])
SEVEN = {
    "hy_gdp_2025": ("own", ()),
    "hy_mfg_share_gdp_2025": ("derived", ()),
    "hy_four_above_firms_2025": ("derived", ()),
    "hy_market_entities_2025": ("near", (2022, 2023)),
    "hy_hightech_firms_2025": ("near", (2021,)),
    "hy_talent_inflow_annual": ("derived", ()),
    "hy_rd_intensity_3pct": ("near", (2018,)),
}
BORROWED = {"yf_rd_personnel_per_10k_employed", "yf_listed_firms_2025", "yf_new_jobs_14fyp"}
"""Targets of the whole plan that a borrowed base leaves without a verdict."""


@cache
def city(name: str, base_year: int | None = None) -> City:
    return open_city(HOME, name, base_year)


def scores(home: Home, text: str, settings: tuple[tuple[str, str], ...] = ()) -> Mapping[str, Score]:
    file = home.scenarios / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    (case,) = opening.open_cases(home, [file], None, (), settings)
    return {score.target.id: score for score in pipeline.run(case).scores}


def origins(world: City, plan: City) -> dict[str, BaseOrigin | None]:
    """Where the bases of a plan's targets would come from in another city."""
    bases = bases_of(world.data, world.graph, plan.catalogue)
    return {name: bases.of(plan.catalogue.targets[name], plan.catalogue.bindings[name]) for name in SEVEN}


def test_the_weakest_origin_counts() -> None:
    near, far = BaseOrigin("near", (2018,)), BaseOrigin("near", (2023,))
    hunan, nation = borrowed(Text("湖南省", "Hunan")), borrowed(Text("全国", "the nation"))
    assert weakest(()) == OWN
    assert weakest((OWN, near, far)) == BaseOrigin("near", (2018, 2023))
    assert weakest((near, DERIVED)) == DERIVED
    assert weakest((hunan, OWN, nation, hunan)).text.en == "borrowed: Hunan, the nation"
    assert near.text == Text("本市邻近年份的数（2018 年）", "own figure of a near year (2018)")


def test_no_target_of_the_city_rests_on_a_borrowed_base() -> None:
    found = origins(city("hengyang"), city("hengyang"))
    assert {name: (item.kind, item.years) for name, item in found.items() if item is not None} == SEVEN


def test_the_same_targets_elsewhere_rest_on_what_that_city_publishes() -> None:
    found = origins(city("xiangtan"), city("hengyang"))
    kinds = {name: item.kind for name, item in found.items() if item is not None}
    assert kinds == {
        "hy_gdp_2025": "derived",  # the whole is the city's, though how its industry is split is borrowed
        "hy_mfg_share_gdp_2025": "borrowed",
        "hy_four_above_firms_2025": "borrowed",
        "hy_market_entities_2025": "borrowed",
        "hy_hightech_firms_2025": "near",
        "hy_talent_inflow_annual": "derived",
        "hy_rd_intensity_3pct": "derived",
    }
    firms = found["hy_four_above_firms_2025"]
    assert firms is not None
    assert firms.whence.en == "Hengyang"


def test_what_the_model_carries_forward_is_of_the_year_it_starts_from() -> None:
    later = origins(city("hengyang", 2025), city("hengyang"))
    assert later["hy_market_entities_2025"] == BaseOrigin(
        "near", (2020, 2022, 2023)
    )  # the start of 2020 rests on 2022 and 2023
    assert later["hy_hightech_firms_2025"] == OWN


def test_the_whole_plan_says_which_targets_rest_on_a_borrowed_base(copied: Home) -> None:
    found = scores(copied, "name: {zh: 全部, en: all}\nextends: whole_plan\n")
    unjudged = {name for name, score in found.items() if score.reason.en.startswith("not judged: base borrowed")}
    assert unjudged == BORROWED
    assert all(found[name].verdict == "not_judged" and found[name].projected is None for name in BORROWED)
    assert found["yf_new_jobs_14fyp"].reason.zh.startswith("不评判：基数借用（取自")
    row = score_row(found["yf_listed_firms_2025"], "en")
    assert (row["base_origin"], row["base_origin_detail"]) == ("borrowed", "borrowed: an assumption")
    assert {"base_origin", "base_origin_detail"} <= set(COLUMNS)
    assert full_row(found["hy_gdp_2025"], "zh")["base_origin_detail"] == "本市当年公布数"
    judged = [score for score in found.values() if score.judged_by == "model" and score.projected is not None]
    assert all(score.base_origin is not None for score in judged)


@pytest.mark.parametrize("by", ["id", "printed name", "variable"])
def test_a_scenario_accepts_a_borrowed_base_by_name(by: str, copied: Home) -> None:
    plan, name = city("hengyang").catalogue, "yf_listed_firms_2025"
    wanted = {"id": name, "printed name": plan.targets[name].name.zh, "variable": plan.bindings[name].variable}[by]
    head = "name: {zh: 认可, en: accepting}\nextends: plan_2025\ntargets: [yf_listed_firms_2025, yf_new_jobs_14fyp]\n"
    found = scores(copied, f"{head}accept_borrowed: ['{wanted}']\n")
    accepted, other = found["yf_listed_firms_2025"], found["yf_new_jobs_14fyp"]
    assert accepted.projected is not None
    assert accepted.verdict != "not_judged"
    assert accepted.base_origin is not None
    assert accepted.base_origin.is_borrowed  # it is still said
    assert other.verdict == "not_judged"


def test_a_required_path_aims_at_no_target_on_a_borrowed_base(copied: Home) -> None:
    head = "name: {zh: 路径, en: path}\nextends: plan_2025\ntargets: [hy_gdp_2025, yf_listed_firms_2025]\n"
    aimed = []
    for name, tail in (("plain", ""), ("accepting", "accept_borrowed: [yf_listed_firms_2025]\n")):
        file = copied.scenarios / f"{name}.yaml"
        file.write_text(head + tail, encoding="utf-8")
        (case,) = opening.open_cases(copied, [file], None, (), (), as_of=2021)
        aimed.append([reading.target.id for reading in movable(case)])
    assert aimed == [["hy_gdp_2025"], ["hy_gdp_2025", "yf_listed_firms_2025"]]


def test_an_accepted_name_that_means_nothing_is_a_fault(copied: Home) -> None:
    text = "name: {zh: 认可, en: accepting}\nextends: plan_2025\naccept_borrowed: [yf_listed_firms_205]\n"
    with pytest.raises(InputError, match="did you mean 'yf_listed_firms_2025'") as caught:
        scores(copied, text)
    assert ":3:" in str(caught.value)


def test_a_printed_base_counts_only_while_the_model_starts_there() -> None:
    world = city("hengyang")
    target, binding = world.catalogue.targets["bsz_fai_2025"], world.catalogue.bindings["bsz_fai_2025"]
    origin = world.bases.of(target, binding)
    elsewhere = world.bases.of(target, binding.model_copy(update={"printed_base": 60.0}))
    assert origin == DERIVED
    assert elsewhere is not None
    assert elsewhere.is_borrowed


@pytest.mark.parametrize(
    ("base_year", "settings", "expected"),
    [
        ("base_year: 2022\n", (), "mine.yaml:3:1 base_year: 2022 is no base year that Hengyang declares; declared: 2020, 2025"),
        ("", (("base_year", "2022"),), "--set base_year: 2022 is no base year that Hengyang declares; declared: 2020, 2025"),
        ("base_year: 2020\n", (("base_year", "2019"),), "2019 is no base year that Hengyang declares"),
        ("", (("base_year", "soon"),), "--set base_year: a year is wanted, not soon"),
    ],
)
def test_a_base_year_that_the_city_does_not_declare_is_refused(
    base_year: str, settings: tuple[tuple[str, str], ...], expected: str, copied: Home
) -> None:
    with pytest.raises(InputError, match=re.escape(expected)):
        scores(copied, f"name: {{zh: 标点, en: Punct}}\nextends: plan_2025\n{base_year}", settings)


def test_a_city_without_a_scenario_declares_its_base_years_too(home: Home) -> None:
    with pytest.raises(InputError, match="2023 is no base year that Xiangtan declares; declared: 2020"):
        opening.open_cases(home, [Path("xiangtan")], None, (), (("base_year", "2023"),))[0]
    case = opening.open_cases(home, [Path("hengyang")], None, (), (("base_year", "2025"),))[0]
    assert case.city.data.settings.base_year == 2025


def test_a_declared_year_whose_figures_are_older_says_so(copied: Home) -> None:
    file = copied.models / "hengyang" / "city.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("base_years: [2025]", "base_years: [2022, 2025]"), encoding="utf-8"
    )
    found = scores(copied, "name: {zh: 基年, en: base}\nextends: plan_2025\nbase_year: 2022\n")
    said = {name: found[name].base_origin for name in ("hy_gdp_2025", "hy_rd_intensity_3pct", "hy_hightech_firms_2025")}
    assert said["hy_rd_intensity_3pct"] == BaseOrigin("near", (2018,))
    assert said["hy_gdp_2025"] == OWN
    assert found["hy_talent_inflow_annual"].base_origin == DERIVED
    parameters = open_city(copied, "hengyang", 2022).data.parameters
    income = parameters["household_income_share"].base_origin
    assert income == BaseOrigin("near", (2021, 2023))


def test_a_base_year_after_the_last_year_is_a_fault(copied: Home) -> None:
    file = copied.models / "hengyang" / "city.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("base_years: [2025]", "base_years: [2025, 2040]"), encoding="utf-8"
    )
    with pytest.raises(InputError, match="a base year lies before last_year"):
        open_city(copied, "hengyang")


def test_what_the_city_states_without_a_datum_is_called_assumed() -> None:
    world = city("hengyang")
    targets, bindings = world.catalogue.targets, world.catalogue.bindings
    origin = world.bases.of(targets["yf_pm25_2025"], bindings["yf_pm25_2025"])
    assert origin is not None
    assert origin.kind == "assumed"
    assert not origin.is_borrowed
    assert weakest((OWN, DERIVED, origin)) == origin
