"""`python -m models.prefecture.base_year models/hengyang` writes the city's base_year.csv anew."""

from __future__ import annotations

import sys
from pathlib import Path

from models.prefecture.base_year.build import build_rows
from models.prefecture.base_year.rows import write_rows


def main() -> None:
    """Build and write the table of the city folder named on the command line."""
    folder = Path(sys.argv[1])
    write_rows(folder / "base_year.csv", build_rows(folder))


if __name__ == "__main__":
    main()
