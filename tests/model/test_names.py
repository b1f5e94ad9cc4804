"""Values and units in words."""

from __future__ import annotations

import numpy as np

from sim.base.arrays import Dimension
from sim.base.text import Text
from sim.base.words import amounts, exact, goal_words, plain, signed, unit_text, with_unit_text
from sim.city.city import City
from sim.inputs.year_path import YearPath
from sim.model.names import value_text


def test_units_in_both_languages() -> None:
    assert unit_text("亿元_2020/a", "zh") == "亿元（2020 年价）/年"
    assert unit_text("亿元/a", "en") == "CNY 100m/year"
    assert unit_text("1/a", "zh") == "1/年"
    assert unit_text("ratio", "zh") == "比率"
    assert unit_text("%", "en") == "%"


def test_every_unit_of_the_model_has_words_in_english(world: City) -> None:
    units = {record.unit for record in world.data.parameters.values()}
    units |= {item.unit for item in world.graph.quantities.values()}
    for unit in units:
        assert all(ord(letter) < 0x2E80 for letter in unit_text(unit, "en")), unit


def test_values_in_words(world: City) -> None:
    sector = world.graph.dimensions["sector"]
    region = world.graph.dimensions["region"]

    def words(path: YearPath | None, *dims: Dimension) -> str:
        return value_text(path, dims, world.labels).zh

    assert words(None) == "—"
    assert words(YearPath(np.array(0.02))) == "0.02"
    assert words(YearPath(np.array([[0.0, 22.5, 0.0, 0.0, 7.5]])), region, sector) == "制造业 22.5、服务业 7.5、其余 0"
    steps = YearPath(np.array(0.0), (2022, 2025), (np.array(1.0), np.array(2.0)))
    assert words(steps) == "2022 年 1；2025 年 2"
    ramp = YearPath(np.array(0.0), (2022,), (np.array(1.0),), "ramp")
    assert words(ramp) == "2022 年 1（各年份之间按直线变化）"
    many = YearPath(np.array(1.0), tuple(range(2020, 2036)), tuple(np.array(float(y)) for y in range(16)), "hold")
    assert words(many) == "2020 年 0 …… 2035 年 15（16 个年份）"
    assert words(YearPath(np.linspace(0.0, 1.0, 101)), world.graph.dimensions["age"]) == "101 个值，0 … 1"


def test_a_name_takes_its_unit_into_its_brackets() -> None:
    assert with_unit_text("四上企业", "户", "zh") == "四上企业（户）"
    assert with_unit_text("人数", "", "zh") == "人数"
    assert with_unit_text("地区生产总值（现价）", "亿元", "zh") == "地区生产总值（现价，亿元）"
    assert with_unit_text("地区生产总值（2020 年价）", "亿元（2020 年价）", "zh") == "地区生产总值（2020 年价，亿元）"
    assert with_unit_text("GDP (2020 prices)", "CNY 100m (2020 prices)", "en") == "GDP (2020 prices, CNY 100m)"
    assert with_unit_text("a (b) c", "%", "en") == "a (b) c (%)"


def test_what_is_counted_by_the_piece_has_no_decimals_and_signs_are_true_minus_signs() -> None:
    assert [plain(value, "家") for value in (1281.4, 434.0, 5.55)] == ["1,281", "434", "5.55"]
    assert [plain(value, "亿元") for value in (4907.2, 593.2, 5.55)] == ["4,907", "593.2", "5.55"]
    assert signed(-746.6, unit="家") == "−747"
    assert plain(-4.62) == "−4.62"
    assert exact(-1234.5) == "−1,234.5"


def test_amounts_and_goals_as_plans_write_them() -> None:
    assert amounts("3", "%") == Text("3%", "3%")
    assert amounts("4,907", "亿元") == Text("4,907 亿元", "4,907 CNY 100m")
    assert [goal_words(sign, 7000.0, "家").zh for sign in (">", ">=", "=", "<=", "~")] == [
        "超过 7,000 家", "7,000 家以上", "7,000 家", "7,000 家以内", "7,000 家左右",
    ]  # fmt: skip
