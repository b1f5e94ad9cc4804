from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from sim import pipeline
from sim.inputs.home import Home, find_home
from sim.world import World, open_world

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def home() -> Home:
    return find_home(ROOT)


@pytest.fixture(scope="session")
def world(home: Home) -> World:
    return open_world(home, "hengyang")


@pytest.fixture(scope="session")
def outcomes(home: Home) -> Sequence[pipeline.Outcome]:
    files = [home.scenarios / f"{name}.yaml" for name in ("baseline", "plan_2025")]
    return [pipeline.run(case) for case in pipeline.open_cases(home, files, None, (), ())]
