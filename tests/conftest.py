from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sim.city.city import City, open_city
from sim.inputs.home import Home, find_home
from sim.simulate import opening, pipeline

ROOT = Path(__file__).resolve().parent.parent
LONGEST = {f"test_{name}.py" for name in ("document", "doc_blocks", "cluster", "levers", "installed", "notebooks")}
"""Files with slow tests of half a minute and more, which go first, so that no process waits for another at the end."""
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # in the processes of tests, which are as many as there are processors


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests that share what is made once go to one process, where `-n` leaves open which."""
    from xdist.scheduler import LoadScopeScheduling

    if config.getvalue("dist") != "load":
        return None
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = lambda nodeid: group_of(nodeid.partition("::")[0]) or nodeid
    return scheduler


@cache
def group_of(name: str) -> str | None:
    """The file, or its folder, that has fixtures for all its tests."""
    file = ROOT / name
    beside = file.with_name("conftest.py")
    if beside.is_file() and file.parent != ROOT / "tests" and 'scope="session"' in beside.read_text(encoding="utf-8"):
        return str(file.parent)
    return name if re.search(r'scope="(module|session)"', file.read_text(encoding="utf-8")) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONGEST or item.get_closest_marker("slow") is None)


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
