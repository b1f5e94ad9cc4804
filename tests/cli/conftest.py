from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sim.report import delivery

_PIXEL = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAG7buVgAAAABJRU5ErkJggg==")


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs and reports of this test have empty pictures, at which it does not look; drawing is most of what they take."""

    def leave_empty(figures: Mapping[Path, Mapping[str, Any]], *_: object) -> list[Any]:
        for folder, named in figures.items():
            folder.mkdir(parents=True, exist_ok=True)
            for name in named:
                (folder / f"{name}.svg").write_text("<svg/>", encoding="utf-8")
                (folder / f"{name}.png").write_bytes(_PIXEL)
        return []

    monkeypatch.setattr(delivery, "start_drawing", leave_empty)
