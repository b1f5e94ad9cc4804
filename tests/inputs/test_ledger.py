"""The ledger of the first city, and every fault that a ledger can have, all at once and with the line."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.base.errors import Faults, InputError
from sim.city.city import City, open_city
from sim.inputs.home import Home
from sim.inputs.ledger_table import COLUMNS
from sim.ledger.edits import edits_of
from sim.simulate import opening
from sim.simulate.collect import ledger_settings

Rows = list[dict[str, str]]


def test_the_ledger_holds_every_named_thing_and_money_stands_once(world: City) -> None:
    ledger = world.ledger
    assert len(ledger.projects) == 495
    for project in ledger.projects.values():
        if not project.spends:
            assert project.amount is None, project.id
            assert not project.project_class, project.id
    printed = [
        project for project in ledger.spending if project.amount is not None and project.document in str(project.amount.source)
    ]
    assert {project.id for project in printed} == {"p1_wangfujing", "p1_cnnc_health"}


def test_repeats_listed_by_the_plan_are_repeats(world: City) -> None:
    projects = world.ledger.projects
    kept = {
        "p0_tr_xianggui_rail": "p3_rail_hub_1",
        "p0_tr_nanyue_airport": "p2_airport",
        "p0_tr_xiangjiang_waterway": "p3_waterway p2_waterway",
        "p0_tr_hengyang_port": "p3_port",
        "p0_tr_hengyong": "p3_hengyong",
        "p0_en_ningdian": "p2_ningdian",
        "p0_en_hengdong_gas": "p2_gas_power",
        "p0_en_salt_cavern": "p2_salt_storage",
        "p0_en_wind_solar": "p2_pv_wind",
        "p0_en_gas_counties": "p2_gasify",
        "p0_epidemic_base": "p2_epidemic_base",
        "p0_tcm_centre": "p2_tcm_centre",
        "p0_air_rescue_medical": "p2_air_rescue",
        "p0_med_reserve": "p2_med_reserve p0_lo_medical_reserve",
        "p0_trains": "p2_trains",
        "p0_rail_sea": "p2_rail_sea",
        "p0_trade_zero": "p2_trade_zero p3_trade_zero",
        "p0_air_port_entry": "p3_air_port_entry p4_air_port_entry",
        "p0_bonded_zone": "p1_bonded p3_bonded p4_bonded",
        "p0_digital_corridor": "p2_digital_corridor",
        "p0_power_cluster": "p2_power_cluster p1_energy_cluster",
        "p0_baisha_island": "p1_baisha_island p2_baisha_island p3_baisha_island",
        "p3_byd_park": "p0_byd_parts p3_byd_lamps",
        "p3_foxconn": "p1_foxconn",
        "p1_wangfujing": "p1_wangfujing_14",
        "p0_three_rivers": "p2_three_rivers",
        "p0_historic_city": "p2_historic_city",
        "p0_talent_geese": "p2_talent p3_talent p1_talent",
        "p3_transfer_zone": "p1_transfer_zone",
        "p1_area_botanical": "p1_botanical",
        "p1_area_nanhu": "p1_nanhu_tour",
        "p1_area_riverside": "p1_fin_cbd p1_fin_riverside",
    }
    for first, others in kept.items():
        for name in (item for item in others.split() if item in projects):
            assert projects[name].same_as == first, name
            assert not projects[name].spends, name


def test_headings_carry_no_money_and_hold_what_they_stand_for(world: City) -> None:
    ledger = world.ledger
    headings = {
        "p2_pumped": {"p0_en_damiao", "p0_en_shanmi"},
        "p2_rail_hub": {"p0_tr_xianggui_rail", "p0_tr_jingguang_rail"},
        "p2_expressways": {f"p0_tr_{name}" for name in ("jinggangao", "xuguang", "hengyong", "bainan", "chachang", "nanheng")},
        "p2_trunk_roads": {"p0_tr_g107", "p0_tr_g322", "p0_tr_county_trunk"},
    }
    for name, parts in headings.items():
        assert {part.id for part in ledger.parts(name)} == parts
    for prefix in ("p0_hub_", "p0_base_", "p0_centre_", "p0_ba_", "p1_core_", "p1_34_", "p1_ind_", "p1_line_", "p1_cl_"):
        rows = [project for project in ledger.projects.values() if project.id.startswith(prefix)]
        assert rows, prefix
        assert not any(row.spends for row in rows), prefix
    island = ledger.parts("p0_baisha_island")
    assert sum(part.amount.value for part in island if part.amount is not None) == pytest.approx(600.0, abs=0.5)


def test_umbrellas_sum_their_parts_each_once(world: City) -> None:
    parts = world.ledger.parts("p0_hub_transport")
    assert len(parts) == len({part.id for part in parts}) > 10
    assert all(part.kind in ("transport", "urban") for part in parts)
    below = world.ledger.parts("p0_base_industry")
    assert {part.id for part in world.ledger.parts("p0_ba_nuclear")} <= {part.id for part in below}


def _rows(home: Home) -> Rows:
    with (home.models / "hengyang" / "ledger.csv").open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def _write(home: Home, rows: Rows) -> None:
    with (home.models / "hengyang" / "ledger.csv").open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def _by_id(rows: Rows) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in rows}


def _loop(rows: Rows) -> None:
    _by_id(rows)["p0_base_industry"]["parent"] = "p0_ba_nuclear"


def _no_unit(rows: Rows) -> None:
    _by_id(rows)["p0_tr_hengyong"]["amount_unit"] = ""


def _no_source(rows: Rows) -> None:
    _by_id(rows)["p0_tr_hengyong"]["amount_source"] = " "


def _backwards(rows: Rows) -> None:
    _by_id(rows)["p0_tr_hengyong"]["start"] = "2025"


def _set(name: str, column: str, value: str) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        _by_id(rows)[name][column] = value

    return change


FAULTS: list[tuple[Callable[[Rows], None], str]] = [
    (_loop, "parents form a loop"),
    (_no_unit, "the unit of the amount must be stated"),
    (_no_source, "lacks a source"),
    (_backwards, "starts after it ends: 2025 > 2023"),
    (_set("p0_tr_hengyong", "region", "yanfang"), "unknown region 'yanfang'"),
    (_set("p0_tr_hengyong", "class", "expresway"), "did you mean 'expressway'"),
    (_set("p0_tr_hengyong", "kind", "trafic"), "unknown kind 'trafic'"),
    (_set("p0_tr_hengyong", "branch", "trade"), "can have no branch"),
    (_set("p0_tr_hengyong", "funder", "state"), "unknown funder 'state'"),
    (_set("p0_tr_hengyong", "parent", "p0_hub_transprt"), "did you mean 'p0_hub_transport'"),
    (_set("p0_tr_bainan", "parent", "p0_tr_hengyong"), "is no umbrella"),
    (_set("p0_hub_energy", "amount", "5"), "no capital project of its own"),
    (_set("p3_waterway", "amount", "5"), "no capital project of its own"),
    (_set("p3_waterway", "same_as", "p2_waterway"), "which is itself a repeat"),
    (_set("p3_waterway", "same_as", "p9"), "repeats an unknown p9"),
    (_set("p0_tr_hengyong", "amount", "many"), "amount is not a number"),
    (_set("p0_tr_hengyong", "amount", "-3"), "must be above zero"),
    (_set("p0_tr_hengyong", "local_share", "1.5"), "local_share between 0 and 1"),
    (_set("p0_tr_hengyong", "start", "20200"), "start is not a year"),
    (_set("p0_tr_hengyong", "end", "2999"), "cannot be right"),
    (_set("p0_tr_hengyong", "quote", "nowhere"), "quote not in"),
    (_set("p0_tr_hengyong", "nature", "capitol"), "unknown nature 'capitol'"),
    (_set("p0_tr_hengyong", "field", "3"), "field and field_unit go together"),
    (_set("p0_tr_bainan", "id", "p0_tr_hengyong"), "stands twice"),
]


@pytest.mark.parametrize(("change", "expected"), FAULTS, ids=[expected for _, expected in FAULTS])
def test_each_fault_is_named_with_its_line(copied: Home, change: Callable[[Rows], None], expected: str) -> None:
    rows = _rows(copied)
    change(rows)
    _write(copied, rows)
    with pytest.raises(InputError, match=expected) as caught:
        open_city(copied, "hengyang")
    fault = next(item for item in caught.value.faults if expected in item.in_language("en"))
    assert fault.place.file is not None
    assert fault.place.file.name == "ledger.csv"
    assert fault.place.line
    assert fault.message.zh


def test_all_faults_come_at_once(copied: Home) -> None:
    rows = _rows(copied)
    for change in (_loop, _no_unit, _no_source, _backwards):
        change(rows)
    _write(copied, rows)
    with pytest.raises(InputError) as caught:
        open_city(copied, "hengyang")
    text = str(caught.value)
    for expected in ("parents form a loop", "the unit of the amount", "lacks a source", "starts after it ends"):
        assert expected in text


def test_only_what_is_built_in_the_end_may_not_be_too_late(copied: Home) -> None:
    """A later layer may take back what an earlier one says."""
    file = copied.scenarios / "mine.yaml"
    file.write_text(HEAD + "ledger: {use: [all], delay: {p0_hub_transport: 9}, cancel: [p0_tr_nanheng]}\n", encoding="utf-8")
    settings = (("ledger.delay.all", "9"), ("ledger.delay.p0_hub_transport", "0"))
    [case] = opening.open_cases(copied, [file], None, (), settings)
    edits = edits_of(case.scenario.ledger, case.city.ledger, Faults())
    assert edits.delay("p0_tr_hengyong") == 9.0


def test_a_wrong_key_of_the_section_hides_no_wrong_name(copied: Home) -> None:
    file = copied.scenarios / "mine.yaml"
    file.write_text(
        HEAD + "levers: {rd_polcy: 0.01}\n"
        "ledger:\n  use: [all]\n  delay: {p0_hub_logistic: 1, p0_hub_energy: soon}\n"
        "  acelerate: {}\n  cancel: ['class:expresway']\n"
        "  add: {new: {label: {zh: 甲, en: A}, funder: business, class: factory, region: rest, branch: cars, amount: 9000}}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        opening.open_cases(copied, [file], None, (), ())
    text = str(caught.value)
    names = ("'p0_hub_logistics'", "'accelerate'", "'class:expressway'", "'rd_policy'", "unknown branch 'cars'")
    for expected in (*names, "a number is wanted", "at most 5000"):
        assert expected in text


def test_all_faults_of_a_row_come_at_once(copied: Home) -> None:
    rows = _rows(copied)
    changes = {
        "start": "soon",
        "end": "later",
        "amount": "many",
        "local_share": "half",
        "quote": "nowhere",
        "region": "yanfang",
    }
    _by_id(rows)["p0_tr_hengyong"].update(changes)
    _write(copied, rows)
    with pytest.raises(InputError) as caught:
        open_city(copied, "hengyang")
    text = str(caught.value)
    for expected in ("start is not", "end is not", "amount is not", "local_share is not", "quote not in", "unknown region"):
        assert expected in text
    assert len(caught.value.faults) == len(changes)


def test_rows_with_too_many_cells_hide_no_other_fault(copied: Home) -> None:
    file = copied.models / "hengyang" / "ledger.csv"
    rows = _rows(copied)
    _set("p0_tr_hengyong", "kind", "trafic")(rows)
    _write(copied, rows)
    file.write_text(file.read_text(encoding="utf-8") + "\n" + "x," * 40 + "\n" + "y," * 40 + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        open_city(copied, "hengyang")
    messages = [fault.message.en for fault in caught.value.faults]
    assert messages.count("this row has more cells than the head") == 2
    assert any("unknown kind 'trafic'" in message for message in messages)


def test_a_row_that_is_too_long_is_still_known_by_its_id(copied: Home) -> None:
    file = copied.models / "hengyang" / "ledger.csv"
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    long = [line + ",surplus" if line.startswith("p0_base_ecology,") else line for line in lines]
    assert long != lines
    file.write_text("\n".join(long) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        open_city(copied, "hengyang")
    assert [fault.message.en for fault in caught.value.faults] == ["this row has more cells than the head"]


def test_a_table_that_cannot_be_read_is_one_fault(copied: Home) -> None:
    file = copied.models / "hengyang" / "plan" / "targets.csv"
    file.write_text(file.read_text(encoding="utf-8-sig").replace("operator", "operater", 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        open_city(copied, "hengyang")
    assert [fault.message.en for fault in caught.value.faults] == ["columns are missing: operator"]


ADD = "ledger: {{add: {{{}: {{label: {{zh: 甲, en: A}}, funder: business, class: factory, {}}}}}}}"
HEAD = "name: {zh: 测试, en: Test}\nextends: baseline\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ledger: {use: [p0_hub_transprt]}", "did you mean 'p0_hub_transport'"),
        ("ledger: {use: [all], delay: {class:expresway: 1}}", "did you mean 'class:expressway'"),
        ("ledger: {use: [all], delay: {p0_hub_transport: 99}}", "must lie in 0 to 15"),
        ("ledger: {use: [all], accelerate: {p0_hub_transport: -1}}", "must lie in 0 to 15"),
        ("ledger: {use: [all], cancel: [p1_ev_cycling]}", "holds no capital project"),
        ("ledger: {use: [all], delay: {p0_hub_transport: 9, all: 9}}", "add up to 18 years, more than 15"),
        ("ledger: {use: [all], accelerate: {p0_hub_transport: 9, all: 9}}", "ledger.accelerate.all"),
        ("ledger: {used: [all]}", "did you mean 'use'"),
        ("ledger: {use: [all], delay: {p0_hub_transport: soon}}", "a number is wanted"),
        (ADD.format("p0_tr_hengyong", "region: rest, branch: trade"), "holds p0_tr_hengyong already"),
        (ADD.format("new", "region: rest, branch: cars"), "unknown branch 'cars'"),
        (ADD.format("new", "region: rest, branch: trade, start: 2024, end: 2023"), "starts after it ends"),
        ("overrides: {late: {ledger: {delay: {p0_hub_transprt: 1}}}}", "did you mean 'p0_hub_transport'"),
        ("levers: {ledger_business_spend: 1}", "is fixed"),
        ("ledger: {use: ['']}", "the ledger knows no ''"),
        ("ledger: {use: ['branch:']}", "the ledger knows no 'branch:'"),
        ("ledger: {delay: {all: 2}}", "no project is built: the changes do nothing"),
        (ADD.format("all", "region: rest, branch: trade"), "must be letters, digits and _"),
        (ADD.format("new", "region: rest, branch: trade, amount: 300000"), "5000"),
        (ADD.format("old", "region: rest, branch: trade, end: 1990"), "ends by the base year 2020"),
        ("levers: {land_release: -1}\nledger: {use: [al]}", "the ledger knows no 'al'"),
    ],
)  # fmt: skip
def test_faults_of_the_section_ledger(copied: Home, text: str, expected: str) -> None:
    file = copied.scenarios / "test.yaml"
    file.write_text(HEAD + text + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=expected):
        opening.open_cases(copied, [file], None, (), ())


@pytest.mark.parametrize(
    ("key", "raw", "expected"),
    [
        ("ledger.priority.all", "nan", "a whole number is wanted"),
        ("ledger.priority.all", "1.7", "a whole number is wanted"),
        ("ledger.delay.all", "inf", "a number is wanted"),
        ("ledger.delays.all", "1", "cannot be set"),
    ],
)
def test_faults_of_the_command_line(home: Home, key: str, raw: str, expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        opening.open_cases(home, [home.scenarios / "plan_2025.yaml"], None, (), ((key, raw),))


OTHER_FILES: list[tuple[str, str, str, str]] = [
    ("hengyang/arrivals.csv", "class,usual", "class,usual,usual", "columns stand twice: usual"),
    ("hengyang/arrivals.csv", "top500,8,rest,auto_nev", "top500,9,rest,auto_nev", "usual must be one for a class"),
    ("hengyang/arrivals.csv", "hundred_million,60", "factory,60", "no parameter signings_factory"),
    ("prefecture/ledger.yaml", "[0.15, 0.25, 0.40]", "[0.15, 0.25, 40]", "named_share must lie between 0 and 1"),
    ("prefecture/ledger.yaml", "[4.0, 4.0, 4.0]", "[0.001, 0.001, 0.001]", "phase_length must lie between 0.5 and 50"),
    ("prefecture/ledger.yaml", "land: land_release", "land: land_releases", "the model has no land_releases"),
    ("prefecture/project_classes.csv", "项目,factory,0.2,0.5,1.0", "项目,factory,0.2,0.5,99", "no stage may take"),
    ("hengyang/plan/bindings.yaml", "  binding: outside", "  binding: [outside]", "unknown kind of binding"),
    ("hengyang/plan/bindings.yaml", "projects: [class:top500]", "projects: [top500]", "the ledger knows no 'top500'"),
    ("hengyang/plan/bindings.yaml", "  indicator: industrial_firms", "  indicator: gdp_nominal", "亿元 cannot be"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "expected"), OTHER_FILES, ids=[item[3] for item in OTHER_FILES])
def test_faults_of_the_files_beside_the_ledger(copied: Home, name: str, old: str, new: str, expected: str) -> None:
    file = copied.models / name
    text = file.read_text(encoding="utf-8-sig")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=expected):
        open_city(copied, "hengyang")


def test_what_a_scenario_says_of_projects_stands_among_its_changes(home: Home) -> None:
    case = opening.open_cases(home, [home.scenarios / "hubs_late.yaml"], None, (), (("ledger.cancel", "p0_tr_nanheng"),))[0]
    rows = {row.name: row for row in ledger_settings(case.scenario, case.city.ledger)}
    assert rows["ledger.delay.p0_hub_transport"].after.en == "2 years"
    assert rows["ledger.cancel"].label.zh == "南衡高速"
    assert rows["ledger.cancel"].origin == "--set"


def _case(home: Home, text: str, *settings: tuple[str, str]) -> opening.Case:
    file = home.scenarios / "test.yaml"
    file.write_text(HEAD + text + "\n", encoding="utf-8")
    return opening.open_cases(home, [file], None, (), settings)[0]


def test_layers_of_a_scenario_add_up_and_the_command_line_goes_last(copied: Home) -> None:
    text = "ledger: {use: [p0_hub_transport], delay: {p0_hub_transport: 2, p0_tr_bainan: 1}}"
    plain = _case(copied, "ledger: {use: [p0_hub_transport]}").plan
    late = _case(copied, text).plan
    assert plain is not None
    assert late is not None
    begins = [{work.id: work.begin for work in plan.works} for plan in (plain, late)]
    assert begins[1]["p0_tr_bainan"] - begins[0]["p0_tr_bainan"] == pytest.approx(3.0)
    assert begins[1]["p0_tr_chachang"] - begins[0]["p0_tr_chachang"] == pytest.approx(2.0)
    again = _case(copied, text, ("ledger.delay.p0_tr_bainan", "0"), ("ledger.cancel", "p0_tr_chachang")).plan
    assert again is not None
    ids = {work.id: work.begin for work in again.works}
    assert ids["p0_tr_bainan"] - begins[0]["p0_tr_bainan"] == pytest.approx(2.0)
    assert "p0_tr_chachang" not in ids


def test_a_city_without_a_ledger_says_that_there_is_nothing_to_build(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "other.yaml"
    file.write_text("name: {zh: 测试, en: Test}\ncity: changsha\nledger: {use: [all]}\n", encoding="utf-8")
    with pytest.raises(InputError, match="holds no capital project"):
        opening.open_cases(home, [file], None, (), ())
