from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sim.report import delivery


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs of this test write empty pictures, which it does not look at; drawing is most of what a run takes."""

    def leave_empty(figures: Mapping[Path, Mapping[str, Any]], *_: object) -> list[Any]:
        for folder, named in figures.items():
            folder.mkdir(parents=True)
            for name in named:
                (folder / f"{name}.svg").write_text("<svg/>", encoding="utf-8")
        return []

    monkeypatch.setattr(delivery, "start_drawing", leave_empty)
