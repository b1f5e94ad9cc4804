from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from sim.city.city import City, open_city
from sim.inputs.home import Home, find_home
from sim.simulate import opening, pipeline

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def home() -> Home:
    return find_home(ROOT)


@pytest.fixture(scope="session")
def world(home: Home) -> City:
    return open_city(home, "hengyang")


@pytest.fixture(scope="session")
def outcomes(home: Home) -> Sequence[pipeline.Outcome]:
    files = [home.scenarios / f"{name}.yaml" for name in ("baseline", "plan_2025")]
    return [pipeline.run(case) for case in opening.open_cases(home, files, None, (), ())]


@pytest.fixture
def copied(home: Home, tmp_path: Path) -> Home:
    """A home of its own, whose files a test may change."""
    shutil.copytree(home.models, tmp_path / "models", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(home.scenarios, tmp_path / "scenarios")
    return find_home(tmp_path)
