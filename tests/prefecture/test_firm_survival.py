"""The ladder reproduces the published survival schedule: a cohort without entries dies off by its hazards."""

from __future__ import annotations

import numpy as np
import pytest

from sim.city.city import City
from tests.prefecture.test_identities import run_with


def test_a_cohort_follows_the_hazard_schedule(world: City) -> None:
    results = run_with(world, enterprise_birth_rate=0.0, conversion_rate=0.0)
    cohort = results["enterprises"].sel(region="hengyang")
    hazard = world.data.parameters["exit_hazard"].value
    assert hazard is not None
    alive = float(cohort.sel(age_class="0", year=2020))
    for years in range(1, 8):
        alive *= 1.0 - hazard.before[years - 1]
        assert float(cohort.sel(age_class=str(years), year=2020 + years)) == pytest.approx(alive, rel=1e-12)
    assert float(np.abs(cohort.sel(age_class="0", year=2021))) == 0.0
