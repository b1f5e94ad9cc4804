"""Reference pictures of every kind of figure, which tests hold new drawings against: `python tools/make_reference_pictures.py`.

Look at each picture before it is committed.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sim.report import style  # noqa: E402  the checkout is found first
from tests.report.samples import SAMPLES  # noqa: E402

FOLDER = ROOT / "tests" / "report" / "reference"
DPI = 60


def main() -> None:
    """Draw every sample."""
    FOLDER.mkdir(exist_ok=True)
    with style.house_style():
        for name, draw in SAMPLES.items():
            draw().savefig(FOLDER / f"{name}.png", dpi=DPI, metadata={"Software": None})


if __name__ == "__main__":
    main()
