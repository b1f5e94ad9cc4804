"""Labour outside farming that the people of the base year let expect: the part of growth that the outlook already holds."""

from __future__ import annotations

import numpy as np

from sim.inputs.base_year import BaseCell, BaseYear
from sim.inputs.provenance import DERIVED

from .ageing import Floats, a_year_older
from .demography import participation_rows, people_by_age, rates
from .figures import at
from .migration import migration
from .rows import Origin, path_cells
from .society import labour_rows


def expected_labour_rows(base: BaseYear) -> list[BaseCell]:
    """Growth of effective labour outside farming within each year, at unchanged rates of birth, death, moving and schooling.

    Labour changes at the turn of the year, and what happens at a turn moves the mean of the year after it in full: half of each
    jump is expected within the year before it and half after it.
    """
    years = range(base.year + 1, base.last_year + 1)
    supply, farm = _supply(base, len(years) + 1), _farm_labour(base, len(years) + 1)
    skills = _skill_growth(base, len(years))
    within = np.log((supply[:-1] - farm[1:]) / (supply[:-1] - farm[:-1])) + skills
    jumps = np.log((supply[1:] - farm[1:]) / (supply[:-1] - farm[1:]))
    expected = within + (jumps + np.concatenate([[0.0], jumps[:-1]])) / 2.0
    source = "基年分年龄人口；本模型的生育、死亡、迁移、劳动参与、农业转移与受教育年限"
    origin = Origin("D", base.year + 1, source, "逐年推算，政策不变", DERIVED)
    values = {base.year: float(expected[0])} | dict(zip(years, (float(rate) for rate in expected), strict=True))
    return path_cells("expected_labour_growth", "1/a", values, origin)


def _supply(base: BaseYear, count: int) -> Floats:
    """People times participation at the end of each year, 1 in the base year."""
    people, (moving, _) = people_by_age(base), migration(base)
    taking_part = np.array([row.value for row in participation_rows()])
    found, usual = [float((people * taking_part).sum())], rates(base)
    for year in range(base.year + 1, base.year + count):
        people = a_year_older(people, usual, moving[min(year, max(moving))] * people.sum())
        found.append(float((people * taking_part).sum()))
    return np.array(found) / found[0]


def _farm_labour(base: BaseYear, count: int) -> Floats:
    """Farm labour at the end of each year over the labour supply of the base year."""
    share = next(row.value for row in labour_rows(base) if row.members == "sector=agriculture")
    leaving = float(base.value("farm_outflow").item())
    return np.asarray(share * np.exp(-leaving * np.arange(count)))


def _skill_growth(base: BaseYear, count: int) -> Floats:
    """Growth of human capital from the better schooling of the young."""
    schooling, _ = at(base.reference.series("mean_schooling"), base.year)
    gain, renewal = float(base.value("return_to_schooling").item()), float(base.value("labour_renewal").item())
    ahead = float(base.value("young_schooling").item()) - schooling
    return np.asarray(gain * renewal * ahead * np.exp(-renewal * (np.arange(count) + 0.5)))
