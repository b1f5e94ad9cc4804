"""Pictures of the README: runs the main job and takes them from its report and figures. Needs Debian's chromium.

`python tools/make_screenshots.py [CHROMIUM]`
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--hide-scrollbars",
)


def run_main_job(folder: Path) -> Path:
    """Run both scenarios and return the results folder."""
    command = [sys.executable, "-m", "sim", "run", "--out", str(folder), "--quiet"]
    subprocess.run(command, check=True, cwd=ROOT)  # noqa: S603  our own program
    return next(folder.iterdir())


def photograph(chromium: str, page: Path, picture: Path, height: int) -> None:
    """Take a picture of a page."""
    with tempfile.TemporaryDirectory() as profile:
        options = [f"--user-data-dir={profile}", f"--window-size=1280,{height}", f"--screenshot={picture}"]
        subprocess.run([chromium, *QUIET, *options, page.as_uri()], check=True, capture_output=True)  # noqa: S603


def main() -> None:
    """Write docs/images."""
    chromium = sys.argv[1] if len(sys.argv) > 1 else shutil.which("chromium") or "chromium"
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        results = run_main_job(Path(name))
        photograph(chromium, results / "plan_2025" / "report.html", IMAGES / "report.png", 1150)
        shutil.copy(results / "plan_2025" / "figures" / "gdp.png", IMAGES / "gdp.png")


if __name__ == "__main__":
    main()
