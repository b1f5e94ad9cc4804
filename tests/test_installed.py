"""What users install: the wheel is built, installed into a fresh environment, and does the main job in an empty folder."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
def test_the_wheel_does_the_main_job_elsewhere(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "sim/_bundled/models/hengyang/history.csv" in names
    assert "sim/_bundled/models/hengyang/ensemble.nc" in names
    assert "sim/_bundled/scenarios/plan_2025.yaml" in names
    assert "sim/report/fonts/NotoSansSC-subset.otf" in names
    assert "sim/report/templates/document.html.j2" in names
    assert "sim/report/templates/report.typ" in names
    assert not any(name.startswith("tests/") or "__pycache__" in name for name in names)
    folder = tmp_path / "env"
    # The dependencies are those of the environment that runs the tests; only the package itself is new.
    venv.EnvBuilder(with_pip=False, system_site_packages=False).create(folder)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    site = next(Path(item) for item in sys.path if item.endswith("site-packages"))
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--quiet", str(wheel)]
    subprocess.run(install, check=True, timeout=300)
    empty = tmp_path / "empty"
    empty.mkdir()
    packages = next(folder.rglob("site-packages"))
    (packages / "dependencies.pth").write_text(f"{site}\n", encoding="utf-8")  # worker processes find them, too
    command = [str(python), "-P", "-m", "sim", "run", "--lang", "en", "--workers", "2"]
    done = subprocess.run(command, cwd=empty, capture_output=True, encoding="utf-8", timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "the installed package" in done.stdout
    assert "posterior ensemble fitted to 2005–2023" in done.stdout
    assert len(list((empty / "results").glob("*/plan_2025/report.en.html"))) == 1
