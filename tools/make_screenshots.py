"""Pictures of the README and of docs/explore.md: the report of the main job, and the page with sliders. Needs chromium.

`python tools/make_screenshots.py [CHROMIUM]`
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from benchmarks.explore import served  # noqa: E402  the checkout is found first

MOVES = {"研发投入政策": "0.012", "人才专项支出": "5", "“小升规”培育力度": "0.95"}
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


def photograph_sliders(chromium: str, picture: Path) -> None:
    """Take a picture of the page with sliders after three of them have been moved."""
    program, address = served()
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=chromium, args=list(QUIET))
            page = browser.new_page(viewport={"width": 1500, "height": 1100})
            page.goto(address)
            page.wait_for_selector("p.joint", timeout=60_000)
            for label, value in MOVES.items():
                box = page.get_by_label(re.compile(label)).first
                box.fill(value)
                box.press("Enter")
            page.wait_for_timeout(3000)
            page.screenshot(path=str(picture))
    finally:
        program.terminate()
        program.wait()


def main() -> None:
    """Write docs/images."""
    chromium = sys.argv[1] if len(sys.argv) > 1 else shutil.which("chromium") or "chromium"
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        results = run_main_job(Path(name))
        photograph(chromium, results / "plan_2025" / "report.html", IMAGES / "report.png", 1150)
    photograph_sliders(chromium, IMAGES / "explore.png")


if __name__ == "__main__":
    main()
