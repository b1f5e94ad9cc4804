"""Single ages by sex, fertility and mortality by single age, and the ages at which people leave or come."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from sim.inputs.base_year import NATION, PROVINCE, BaseCell, BaseYear
from sim.inputs.provenance import ANY_TIME, DERIVED, BaseOrigin, borrowed

from .ageing import AGES, SEXES, Rates, aged
from .migration import migration_rows
from .rows import ASSUMPTION, Origin, cell, cells, from_reference, newest, path_cells
from .society import residents

Floats = NDArray[np.float64]
BROAD = {"0_14": (0, 15), "15_59": (15, 60), "60_plus": (60, AGES)}


def population_rows(base: BaseYear) -> list[BaseCell]:
    """Residents by sex and single age at the end of the base year.

    The province's census by sex and five-year age is split into single ages without a jump at a group's edge, scaled to the
    city's broad ages where they are published, and, where the census lies before the base year, aged to it year by year.
    """
    _, origin = residents(base)
    year, people = census_year(base), people_by_age(base)
    values = {f"sex={sex} age={age}": float(people[row, age]) for row, sex in enumerate(SEXES) for age in range(AGES)}
    source = f"{year} 年人口普查分性别五岁组（省），本市三大年龄段占比（有则用），常住人口总量"
    method = "累计人数作单调三次插值拆为单岁，缩放到本市"
    if year < base.year:
        method += f"；按死亡、生育与迁移年龄结构推到 {base.year} 年，每年合计与常住人口一致"
    ages = Origin("D", max(origin.known_from, year + 1), source, method, _ages_origin(base, year))
    return cells("population_base", "万人", values, ages, origin.base)


def people_by_age(base: BaseYear) -> Floats:
    """Residents [sex, age] at the end of the base year."""
    (total, _), year = residents(base), census_year(base)
    people = _census_ages(base, year)
    if year < base.year:
        people = aged(people, _totals(base, year, total), rates(base))
    return np.asarray(people * total / people.sum())


def _ages_origin(base: BaseYear, census: int) -> BaseOrigin:
    """Ages are the city's own where its broad groups are published for the census, else as the province's are."""
    own = all(census in base.series(f"age_share_{group}") for group in BROAD)
    return DERIVED if own else borrowed(PROVINCE)


def census_year(base: BaseYear) -> int:
    """The last known census not after the base year; where there is none, the first after it."""
    years = sorted({int(row["year"]) for row in base.reference.table("ages.csv")})
    before = [year for year in years if year <= base.year]
    return before[-1] if before else years[0]


def _census_ages(base: BaseYear, year: int) -> Floats:
    raw = np.array([split_groups(_groups(base, year, sex)) for sex in SEXES])
    shares = {group: base.series(f"age_share_{group}").get(year) for group in BROAD}
    for group, (low, high) in BROAD.items():
        published = shares[group]
        if published is not None and all(shares.values()):
            whole = sum(item.value for item in shares.values() if item is not None)
            raw[:, low:high] *= published.value / whole / raw[:, low:high].sum()
    return raw


def _groups(base: BaseYear, year: int, sex: str) -> dict[tuple[int, int], float]:
    rows = (row for row in base.reference.table("ages.csv") if row["sex"] == sex and row["year"] == str(year))
    return {bounds(row["ages"]): float(row["persons"]) for row in rows}


def _totals(base: BaseYear, first: int, total: float) -> dict[int, float]:
    """Residents of each year from the census on: published on the basis of the census, between them at a constant rate."""
    known = {year: item.value for year, item in base.series("population_resident").items() if first <= year < base.year}
    known[base.year] = total
    known.setdefault(first, known[min(known)])
    years = sorted(known)
    logs = np.interp(range(first, base.year + 1), years, np.log([known[year] for year in years]))
    return dict(zip(range(first, base.year + 1), (float(value) for value in np.exp(logs)), strict=True))


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


def rates(base: BaseYear) -> Rates:
    """Deaths, births and migration by age, as known."""
    fertility, _ = fertility_profile(base)
    total, _ = total_fertility(base)
    boys = float(base.value("boys_share"))
    mortality, _ = mortality_table(base)
    profile, _ = migration_profile(base)
    return Rates(mortality, fertility * total[min(total)], boys, profile)


def _newest_year(base: BaseYear, table: str) -> tuple[list[dict[str, str]], int, int]:
    """Rows of the newest known year of a table, with that year and its year of publication."""
    rows = base.reference.table(table)
    year = max(int(row["year"]) for row in rows)
    chosen = [row for row in rows if int(row["year"]) == year]
    known = ANY_TIME if chosen[0]["known_from"] == "any" else int(chosen[0]["known_from"])
    return chosen, year, known


def mortality_table(base: BaseYear) -> tuple[Floats, Origin]:
    """Probability of dying within a year by sex and single age: rates of the nation, log-linear between the given ages."""
    rows, year, known = _newest_year(base, "mortality.csv")
    table = np.zeros((len(SEXES), AGES))
    for place, sex in enumerate(SEXES):
        points = sorted((bounds(row["ages"]), float(row["deaths_per_1000"]) / 1000) for row in rows if row["sex"] == sex)
        ages = [_middle(low) for (low, _), _ in points]
        single = np.exp(np.interp(np.arange(AGES), ages, np.log([rate for _, rate in points])))
        table[place] = 1.0 - np.exp(-single)
    source = "全国分性别死亡率：UN WPP 2024（CC BY 3.0 IGO）" if year >= _UN_PERIOD else f"{year} 年普查分性别死亡率"
    return table, Origin("D", known, source, "分组死亡率取组中值，组间对数线性插值，换为年死亡概率", borrowed(NATION))


def _middle(low: int) -> int:
    """The age at which a group's rate stands: the first of young groups, two years later in five-year ones."""
    return low if low < _FIRST_FIVE_YEAR_GROUP else low + 2


_FIRST_FIVE_YEAR_GROUP, _UN_PERIOD, _YOUNGEST_MOVER = 5, 2023, 10


def fertility_profile(base: BaseYear) -> tuple[Floats, Origin]:
    """Share of total fertility at each single age of the mother, by smooth interpolation of the cumulative shares."""
    rows, year, known = _newest_year(base, "fertility.csv")
    single = split_groups({bounds(row["ages"]): float(row["percent_of_tfr"]) for row in rows})
    source = "UN WPP 2024 中国分年龄生育率（CC BY 3.0 IGO）" if year >= _UN_PERIOD else f"{year} 年全国分年龄生育率"
    return single / single.sum(), Origin("D", known, source, "占总和生育率比重的累计值作单调三次插值分到单岁", borrowed(NATION))


def total_fertility(base: BaseYear) -> tuple[dict[int, float], Origin]:
    """Total fertility from the base year on: the province's or nation's newest known series, level where it ends."""
    series = base.reference.series("total_fertility")
    path = {year: item.value for year, item in series.items() if base.year <= year <= base.last_year}
    item = newest(series, base.year) or series[min(series)]
    path.setdefault(base.year, item.value)
    newest_item = series[max(series)]
    return dict(sorted(path.items())), from_reference(newest_item, "总和生育率", "省或全国的水平；之后保持不变")


def migration_profile(base: BaseYear) -> tuple[Floats, Origin]:
    """Who leaves: share of net migration by sex and single age at the time of moving.

    A ten-year residual by age counts people who moved at any time in ten years: on average five years earlier. Residuals of
    10-14 (under-counting in 2010) and positive ones of the old are set to zero.
    """
    rows, year, known = _newest_year(base, "migration.csv")
    census = known != ANY_TIME
    weights = np.zeros((len(SEXES), AGES))
    for row in rows:
        low, high = (age - 5 if census else age for age in bounds(row["ages"]))
        leaving = max(0.0, -float(row["net_migrants"])) if low >= _YOUNGEST_MOVER else 0.0
        weights[SEXES.index(row["sex"]), low:high] += leaving / (high - low)
    smooth = np.array([np.convolve(line, np.ones(5) / 5, mode="same") for line in weights])
    if census:
        source = f"湖南 {year - 10}–{year} 年分性别队列净迁移残差（由两次普查与存活率推得）"
        return smooth / smooth.sum(), Origin(
            "D", known, source, "年龄前移五岁，剔除漏登与正残差，五年移动平均后归一", borrowed(PROVINCE)
        )
    return smooth / smooth.sum(), Origin("A", known, rows[0]["source"], "五年移动平均后归一", ASSUMPTION)


def rate_rows(base: BaseYear) -> list[BaseCell]:
    """Rows of mortality, fertility, migration by age and participation."""
    mortality, deaths = mortality_table(base)
    profile, movers = migration_profile(base)
    fertility, mothers = fertility_profile(base)
    return [
        *cells("mortality", "1/a", _by_sex_and_age(mortality), deaths),
        *cells("fertility_profile", "1/a", {f"age={age}": float(share) for age, share in enumerate(fertility)}, mothers),
        *cells("migration_profile", "ratio", _by_sex_and_age(profile), movers),
        *participation_rows(),
    ]


def _by_sex_and_age(table: Floats) -> dict[str, float]:
    return {f"sex={sex} age={age}": float(table[row, age]) for row, sex in enumerate(SEXES) for age in range(AGES)}


def participation_rows() -> list[BaseCell]:
    """Labour force participation by age, the same for both sexes: a trapezoid over 16-70."""
    points = ((15, 0.0), (16, 0.10), (22, 0.62), (27, 0.88), (45, 0.88), (55, 0.70), (60, 0.50), (65, 0.38), (75, 0.0))
    ages, shares = zip(*points, strict=True)
    values = {f"age={age}": float(np.interp(age, ages, shares)) for age in range(AGES)}
    source = "assumption：按全国劳动参与率的一般形状设定，农村老年人参与较高"
    return cells("participation", "ratio", values, Origin("A", ANY_TIME, source, "分段线性", ASSUMPTION))


def movement_rows(base: BaseYear) -> list[BaseCell]:
    """Total fertility, net migration and the city's mortality against the nation's."""
    path, origin = total_fertility(base)
    return [
        *path_cells("total_fertility", "ratio", path, origin),
        *migration_rows(base),
        *cell("mortality_scale", "ratio", 1.0, _NATIONAL),
    ]


_NATIONAL = Origin("A", ANY_TIME, "assumption：沿用全国死亡率", "不作缩放", borrowed(NATION))
