"""Files that nobody should send, and mistakes in code: faults with a place, bounded in time, never a traceback."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest

from sim.base.errors import InputError, SimError
from sim.city.city import City, open_city
from sim.inputs.home import Home, find_home
from sim.inputs.scenario import find_scenario, read_scenario
from sim.inputs.yaml_file import MAX_KEYS, read_yaml
from sim.simulate import opening

HEAD = "name: {zh: 测试, en: Test}\ncity: hengyang\n"


def test_devices_pipes_sockets_and_loops_are_no_files(tmp_path: Path) -> None:
    pipe, loop, door = tmp_path / "pipe.yaml", tmp_path / "loop.yaml", tmp_path / "door.yaml"
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(door))
        for file in (pipe, door, Path("/dev/zero"), Path("/dev/null"), tmp_path, loop, tmp_path / "x" / "y.yaml"):
            with pytest.raises(InputError):
                read_yaml(file)


def test_names_too_long_for_the_system_are_unknown_names(home: Home) -> None:
    with pytest.raises(InputError):
        find_scenario("a" * 5000, home.scenarios)
    with pytest.raises(InputError):
        read_scenario(Path("a" * 5000 + ".yaml"))


def test_a_file_of_very_many_keys_is_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "many.yaml"
    file.write_text("levers:\n" + "".join(f"  k{number}: 1\n" for number in range(MAX_KEYS + 5)), encoding="utf-8")
    with pytest.raises(InputError, match="more than"):
        read_yaml(file)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("steps_per_year: '4'\n", "a whole number"),
        ("steps_per_year: true\n", "a whole number"),
        ("last_year: 2030.0\n", "a whole number"),
        ("last_year: 0\n", "the last year 0 lies outside"),
        ("targets: [hengyang/²]\n", "no target"),
        (f"targets: [hengyang/{'9' * 5000}]\n", "no target"),
        ("levers: {rd_policy: " + "9" * 400 + "}\n", "finite"),
        ("levers: {rd_policy: '1e400'}\n", "finite"),
        ("given: {gdp_nominal: {value: 1, unit: 亿元/a, colour: red}}\n", "unknown key colour"),
        ("given: {gdp_nominal: {value: .inf, unit: 亿元/a}}\n", "finite"),
        ("overrides: {sleeping: {levers: {rd_polcy: 1}}}\n", "did you mean 'rd_policy'"),
        ('description: {zh: "\\x07", en: B}\n', "control characters"),
        ('extends: "a\\0b"\n', "control characters"),
    ],
)
def test_faults_that_hide(text: str, expected: str, tmp_path: Path, world: City) -> None:
    file = tmp_path / "faulty.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        opening.prepare(read_scenario(file), world)
    assert expected in str(caught.value)


@pytest.mark.parametrize("raw", ["nan", "inf", "1e400", "9" * 400])
def test_set_refuses_what_is_no_finite_number(raw: str, tmp_path: Path, world: City) -> None:
    file = tmp_path / "plain.yaml"
    file.write_text(HEAD, encoding="utf-8")
    with pytest.raises(InputError):
        opening.prepare(read_scenario(file, (), (("rd_policy", raw),)), world)


def test_rates_may_be_written_in_per_cent(tmp_path: Path, world: City) -> None:
    file = tmp_path / "plain.yaml"
    file.write_text(HEAD + "levers: {conversion_policy: 5 ‰}\n", encoding="utf-8")
    case = opening.prepare(read_scenario(file), world)
    assert float(case.bound.values["conversion_policy"].at(2021)[0]) == pytest.approx(0.005)


@pytest.mark.parametrize("raw", ["0.8 %", "0.8 ％", "0.008 比率", "0.008"])
def test_a_plain_lever_starts_with_the_run_and_leaves_the_past(raw: str, tmp_path: Path, world: City) -> None:
    """In the base year the city was as it was: a lever that is measured against it must have something to be measured by."""
    file = tmp_path / "plain.yaml"
    file.write_text(HEAD + f"levers: {{rd_policy: {raw}}}\n", encoding="utf-8")
    path = opening.prepare(read_scenario(file), world).bound.values["rd_policy"]
    own = world.data.parameters["rd_policy"].value
    assert own is not None
    assert path.at(2020) == pytest.approx(own.at(2020))
    assert all(path.at(year) == pytest.approx(0.008) for year in (2021, 2022, 2035))


def test_one_member_of_a_plain_lever_starts_with_the_run(tmp_path: Path, world: City) -> None:
    file = tmp_path / "plain.yaml"
    file.write_text(HEAD + "levers: {nurture_policy: {2025: 0.1}}\n", encoding="utf-8")
    path = opening.prepare(read_scenario(file, (), (("nurture_policy.industry", "0.05"),)), world).bound.values[
        "nurture_policy"
    ]
    assert path.at(2020).max() == 0.0
    assert [path.at(year).ravel()[0] for year in (2021, 2024, 2030)] == [0.05, 0.05, 0.05]
    assert [path.at(year).ravel()[-1] for year in (2021, 2024, 2030)] == [0.0, 0.0, 0.1]


@pytest.fixture(scope="module")
def copied(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(home.models, folder / "models", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(home.scenarios, folder / "scenarios")
    return find_home(folder)


CITY_FAULTS = (
    ("plan/bindings.yaml", "variable: gdp_nominal", "variable: gdp_nomina", "did you mean 'gdp_nominal'"),
    ("plan/bindings.yaml", "variable: gdp_nominal", "variable: residents", "cannot be turned into"),
    ("plan/bindings.yaml", "variable: gdp_nominal", "variable: population", "must be summed"),
    ("plan/bindings.yaml", "history: gdp_nominal", "history: gdp_nomina", "did you mean 'gdp_nominal'"),
    ("plan/bindings.yaml", "reading: level", "reading: level\n  region: nowhere", "no region nowhere"),
    ("plan/targets.csv", "level_at_year,~,5500,", "level_at_year,==,5500,", "unknown operator"),
    ("plan/targets.csv", "level_at_year,~,5500,", "level_at_year,~,nan,", "is not a number"),
    ("plan/targets.csv", "100M_CNY,,2025,", "100M_CNY,,20²5,", "is not a year"),
    ("history.csv", "hengyang,2020,age_share_0_14", "hengyang,inf,age_share_0_14", "is not a year"),
    ("history.csv", "hengyang,2020,age_share_0_14,21.0,%", "hengyang,2020,age_share_0_14,21.0,%,,,,,,,", "more cells"),
    ("sources.yaml", "    rank: 1\n", "", "rank: this key is missing"),
    ("city.yaml", "  hengyang: {zh: 衡阳市", "  elsewhere: {zh: 衡阳市", "must hold the city itself"),
    ("city.yaml", "last_year: 2035", "last_year: 1000000000", "within a hundred years"),
    ("../prefecture/base_year/capital.py", "return capital", "return capital / {}['a']", "a is missing"),
    ("../prefecture/base_year/rows.py", "from dataclasses", "from dataclass", "No module named"),
    ("../prefecture/reference/china/series.csv", "gdp_per_head,2020,71828", "gdp_per_head,2020,many", "is not a number"),
    ("../prefecture/reference/hunan/ages.csv", ",2022,", ",soon,", "is not a year"),
    ("../prefecture/published.yaml", "variable: residents", "variable: resident", "did you mean 'residents'"),
    ("../prefecture/published.yaml", "sector: [agriculture]", "sector: [agricultur]", "did you mean 'agriculture'"),
    ("../prefecture/published.yaml", "own: own_output_shock", "own: own_outptu_shock", "did you mean 'own_output_shock'"),
    ("../prefecture/published.yaml", "common: common_price_shock", "common: capital_exponent", "that is one number"),
    ("../prefecture/published.yaml", "deflated: gdp_growth_real", "deflated: gdp_growth", "did you mean 'gdp_growth_real'"),
    ("../prefecture/published.yaml", "deflated: gdp_growth_real", "deflated: gdp_nominal", "deflated must name another"),
    ("../prefecture/published.yaml", "jump: 0.08", "jmp: 0.08", "jump"),
    ("../prefecture/published.yaml", "jump: 0.08", "jump: 0", "must be above 0"),
    ("../prefecture/published.yaml", "error: 0.003", "error: -1", "must be above 0"),
    ("../prefecture/published.yaml", "own: own_price_shock", "own: common_price_shock", "stands in two fit rules"),
    ("city.yaml", "province: hunan", "province: hunnan", "did you mean 'hunan'"),
    ("city.yaml", "about_tolerance: 0.03", "about_tolerance: 0.9", "must be at most 0.5"),
    ("history.csv", ",2021,hightech_firms", ",2031,hightech_firms", "cannot be known from"),
    ("../prefecture/breaks.yaml", "retail_sales", "retail_sale", "did you mean 'retail_sales'"),
    ("../prefecture/breaks.yaml", '"*_share"', '"*_shares"', "no indicator is like *_shares"),
    ("../prefecture/breaks.yaml", "years: [2024]", "years: [20244]", "the year 20244 lies outside 1949–2100"),
    ("../prefecture/breaks.yaml", "indicators: [fixed_asset_investment]", "indicators: []", "indicators may not be empty"),
    ("../prefecture/loops.yaml", "path: [enterprises, enterprise_exits]", "path: []", "path"),
    (
        "../prefecture/prices.py",
        "sector_inflation *",
        "undefined_thing *",
        "'undefined_thing' is not defined",
    ),
    ("../prefecture/prices.py", "sector_inflation *", "{}['a'] *", "a is missing"),
    ("../prefecture/prices.py", "sector_inflation *", "int(price_path) *", "int()"),
    ("../prefecture/prices.py", "PRICE = ", "raise RuntimeError('broken')\nPRICE = ", "broken"),
)


@pytest.mark.parametrize(("file", "old", "new", "expected"), CITY_FAULTS)
def test_faulty_city_and_model_files(file: str, old: str, new: str, expected: str, copied: Home) -> None:
    target = copied.models / "hengyang" / file
    before = target.read_bytes()
    text = before.decode("utf-8")
    assert old in text
    target.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
    try:
        with pytest.raises(SimError) as caught:
            open_city(copied, "hengyang")
    finally:
        target.write_bytes(before)
    assert expected in str(caught.value)
