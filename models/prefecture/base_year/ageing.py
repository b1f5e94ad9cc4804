"""Age a population year by year: survivors grow older, children are born, and those who move make up the known total."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
AGES = 101
SEXES = ("female", "male")


@dataclass(frozen=True)
class Rates:
    """Rates by age: probability of dying [sex, age], births per woman [age], boys among births, and who moves [sex, age]."""

    mortality: Floats
    births_per_woman: Floats
    boys: float
    movers: Floats


def aged(people: Floats, totals: Mapping[int, float], rates: Rates) -> Floats:
    """People [sex, age] at the last year of `totals`, from those at its first; each year has its total of residents.

    Year by year: P(a+1) = P(a) * (1 - q(a)) + M * profile(a); births = sum over ages of women * rate. M closes the total.
    """
    years = sorted(totals)
    current: Floats = people * totals[years[0]] / people.sum()
    for year in years[1:]:
        births = float((current[0] * rates.births_per_woman).sum())
        moving = totals[year] - (current * (1.0 - rates.mortality)).sum() - births
        older = a_year_older(current, rates, moving)
        current = older * totals[year] / older.sum()
    return current


def a_year_older(people: Floats, rates: Rates, moving: float) -> Floats:
    """People [sex, age] a year later, when `moving` more have come than left."""
    births = float((people[0] * rates.births_per_woman).sum())
    staying = np.maximum(people * (1.0 - rates.mortality) + moving * rates.movers, 0.0)
    older = np.zeros_like(staying)
    older[:, 1:] = staying[:, :-1]
    older[:, -1] += staying[:, -1]
    older[:, 0] = births * np.array([1.0 - rates.boys, rates.boys])
    return older
