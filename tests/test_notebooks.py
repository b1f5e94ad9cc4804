"""The chapters in notebooks/: each runs from a clean kernel, and none is stored with what it printed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CHAPTERS = ("01_first_run", "02_write_a_scenario", "03_compare", "04_sensitivity_sweep", "05_calibration", "06_another_city")


def test_every_chapter_is_there() -> None:
    assert tuple(file.stem for file in NOTEBOOKS) == CHAPTERS


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_outputs_are_stripped_and_every_chapter_is_prose_too(file: Path) -> None:
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert cells[0]["cell_type"] == "markdown"
    assert len(cells) - len(code) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_chapter_runs_from_a_clean_kernel(file: Path) -> None:
    book = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
    NotebookClient(book, timeout=150, kernel_name="python3", resources={"metadata": {"path": str(file.parent)}}).execute()
    printed = "".join(output.get("text", "") for cell in book.cells for output in cell.get("outputs", ()))
    found = re.search(r"每动一下最多 ([0-9.]+) 秒", printed)
    assert (found is not None) == (file.stem == "04_sensitivity_sweep")
    pictures = [output for cell in book.cells for output in cell.get("outputs", ()) if "image/png" in output.get("data", {})]
    assert bool(pictures) == (file.stem not in {"02_write_a_scenario", "05_calibration"})
