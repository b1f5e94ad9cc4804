"""Single ages by sex, fertility and mortality by single age, and the ages at which people leave or come."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from models.prefecture.base_year.rows import Inputs, Origin, Row, cells

Floats = NDArray[np.float64]
AGES = 101
SEXES = ("female", "male")
BROAD = {"0-14": (0, 15), "15-59": (15, 60), "60+": (60, AGES)}


def population(inputs: Inputs) -> list[Row]:
    """Residents by sex and single age at the end of the base year.

    Hunan's census rows by sex and five-year age are scaled within 0-14, 15-59 and 60+ to Hengyang's shares, split into single
    ages without a jump at the group's edge, and scaled to the published total.
    """
    total = inputs.datum("population_resident", 2020)
    shares = {group: inputs.datum(f"age_share_{name}", 2020) / 100 for group, name in _SHARE_NAMES.items()}
    raw = {sex: split_groups(_groups(inputs, sex)) for sex in SEXES}
    both = np.add(raw["female"], raw["male"])
    factor = np.ones(AGES)
    for group, (low, high) in BROAD.items():
        factor[low:high] = shares[group] * total / sum(shares.values()) / both[low:high].sum()
    values = {f"sex={sex} age={age}": raw[sex][age] * factor[age] for sex in SEXES for age in range(AGES)}
    source = "2020 年人口普查：湖南分性别五岁组；衡阳 0–14、15–59、60 岁以上占比与常住人口总量"
    method = "湖南年龄结构按衡阳三大年龄段占比缩放，累计人数作单调三次插值拆为单岁"
    return cells("population_base", "万人", values, Origin("D", 2021, source, method))


_SHARE_NAMES = {"0-14": "0_14", "15-59": "15_59", "60+": "60_plus"}


def _groups(inputs: Inputs, sex: str) -> dict[tuple[int, int], float]:
    rows = (row for row in inputs.table("hunan_pyramid_2020.csv") if row["sex"] == sex)
    return {bounds(row["ages"]): float(row["persons"]) for row in rows}


def bounds(text: str) -> tuple[int, int]:
    """First age and the age after the last: "15-19" is (15, 20), "100+" is (100, 101)."""
    if text.endswith("+"):
        return int(text[:-1]), AGES
    low, _, high = text.partition("-")
    return int(low), int(high or low) + 1


def split_groups(groups: dict[tuple[int, int], float]) -> Floats:
    """Split age groups into single ages: the cumulative count is a monotone cubic (PCHIP) through the group edges, so every
    group keeps its total, no age is negative and there is no jump at an edge."""
    ordered = sorted(groups)
    edges = [low for low, _ in ordered] + [ordered[-1][1]]
    summed = np.concatenate([[0.0], np.cumsum([groups[item] for item in ordered])])
    at_ages = PchipInterpolator(edges, summed)(np.clip(np.arange(AGES + 1), edges[0], edges[-1]))
    return np.asarray(np.diff(at_ages), dtype=np.float64)


def mortality(inputs: Inputs) -> list[Row]:
    """Deaths per person and year by sex and single age: UN rates for China 2020-2025, log-linear between the given ages."""
    values: dict[str, float] = {}
    rows = inputs.table("china_mortality_2020_2025.csv")
    for sex in SEXES:
        points = sorted((bounds(row["age"])[0], float(row["deaths_per_1000"]) / 1000) for row in rows if row["sex"] == sex)
        single = _log_linear(points)
        values |= {f"sex={sex} age={age}": 1.0 - math.exp(-rate) for age, rate in enumerate(single)}
    source = "UN WPP 2024 中国 2020–2025 年分性别死亡率（CC BY 3.0 IGO）"
    method = "分组死亡率取组中值，组间对数线性插值，换为年死亡概率"
    return cells("mortality", "1/a", values, Origin("D", 2024, source, method))


def _log_linear(points: list[tuple[int, float]]) -> list[float]:
    ages = [age if age < _FIRST_FIVE_YEAR_GROUP else age + 2 for age, _ in points]
    logs = [math.log(rate) for _, rate in points]
    return [math.exp(float(np.interp(age, ages, logs))) for age in range(AGES)]


def fertility(inputs: Inputs) -> list[Row]:
    """Share of total fertility at each single age of the mother, by smooth interpolation of the cumulative shares."""
    groups = {bounds(row["ages"]): float(row["percent_of_tfr"]) for row in inputs.table("china_fertility_2020_2025.csv")}
    single = split_groups(groups)
    shares = single / single.sum()
    values = {f"age={age}": float(share) for age, share in enumerate(shares)}
    source = "UN WPP 2024 中国 2020–2025 年分年龄生育率占总和生育率比重（CC BY 3.0 IGO）"
    return cells("fertility_profile", "1/a", values, Origin("D", 2024, source, "累计占比作单调三次插值分到单岁"))


def migration(inputs: Inputs) -> list[Row]:
    """Who leaves: share of net migration by sex and single age at the time of moving.

    Hunan's ten-year residual by age in 2020 counts people who moved at any time in ten years: on average five years earlier.
    Residuals of 10-14 (under-counting in 2010) and positive ones of the old are set to zero.
    """
    weights = np.zeros((2, AGES))
    for row in inputs.table("hunan_migration_2010_2020.csv"):
        low, high = (age - 5 for age in bounds(row["ages_2020"]))
        leaving = max(0.0, -float(row["persons"])) if low >= _YOUNGEST_MOVER else 0.0
        weights[SEXES.index(row["sex"]), low:high] += leaving / (high - low)
    smooth = np.array([np.convolve(line, np.ones(5) / 5, mode="same") for line in weights])
    profile = smooth / smooth.sum()
    values = {f"sex={sex} age={age}": float(profile[row, age]) for row, sex in enumerate(SEXES) for age in range(AGES)}
    source = "湖南 2010–2020 年分性别队列净迁移残差（由两次普查与存活率推得）"
    method = "年龄前移五岁，剔除漏登与正残差，五年移动平均后归一"
    return cells("migration_profile", "ratio", values, Origin("D", 2021, source, method))


_YOUNGEST_MOVER, _FIRST_FIVE_YEAR_GROUP = 10, 5


def participation() -> list[Row]:
    """Labour force participation by age, the same for both sexes: a trapezoid over 16-70."""
    points = ((15, 0.0), (16, 0.10), (22, 0.62), (27, 0.88), (45, 0.88), (55, 0.70), (60, 0.50), (65, 0.38), (75, 0.0))
    ages, rates = zip(*points, strict=True)
    if any(later <= earlier for earlier, later in pairwise(ages)):
        raise AssertionError("ages must rise")
    values = {f"age={age}": float(np.interp(age, ages, rates)) for age in range(AGES)}
    source = "assumption：按全国劳动参与率的一般形状设定，农村老年人参与较高"
    return cells("participation", "ratio", values, Origin("A", 2021, source, "分段线性"))
