"""Renew everything that is generated: `python -m tools.refresh`, from the root of the checkout.

Pages of docs, the schema of scenario files, and the marks by which posterior ensembles and the backtest know what they rest on.
A mark is renewed only where equations, priors and the data of every city are what they were, so that a fit would be the same;
where they are not, the command says so, and `python -m sim calibrate hengyang --all` fits again.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sim.inputs.city import pooled_cities, read_city_file  # noqa: E402  the checkout is found first
from sim.inputs.home import Home, find_home  # noqa: E402
from sim.result.posterior import Fingerprint, Posterior, data_key, read_posterior, write_posterior  # noqa: E402
from sim.simulate.likelihood.reweighting import fingerprint, fitted_span  # noqa: E402
from tools.make_calibration import BACKTEST, CITY, MODEL, rests_on  # noqa: E402

PAGES = {
    "docs/commands.md": ("tools/make_command_page.py",),
    "docs/equations.md": ("-m", "sim", "describe", "--equations", "--lang", "zh"),
    "docs/equations_en.md": ("-m", "sim", "describe", "--equations", "--lang", "en"),
    "docs/parameters.md": ("-m", "sim", "describe", "--parameters", "--lang", "zh"),
    "docs/parameters_en.md": ("-m", "sim", "describe", "--parameters", "--lang", "en"),
    "docs/responses.md": ("tools/make_responses.py", "zh"),
    "docs/responses_en.md": ("tools/make_responses.py", "en"),
    "docs/systems.md": ("-m", "sim", "describe", "--systems", "--lang", "zh"),
    "docs/systems_en.md": ("-m", "sim", "describe", "--systems", "--lang", "en"),
    "docs/plan_lint.md": ("-m", "sim", "plan", "lint", "--markdown", "--lang", "zh"),
    "docs/plan_lint_en.md": ("-m", "sim", "plan", "lint", "--markdown", "--lang", "en"),
    "scenarios/schema.json": ("-m", "sim", "schema"),
}


def main() -> int:
    """Renew pages and marks; the exit status is 1 where a fit or a backtest is needed."""
    for name, command in PAGES.items():
        call = [sys.executable, *command]
        done = subprocess.run(call, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)  # noqa: S603  our own words
        _put(ROOT / name, done.stdout)
    home = find_home(ROOT)
    stale = list(_renewed(home))
    for line in stale:
        sys.stdout.write(f"{line}\n")
    return 1 if stale else _renew_backtest(home)


def _renew_backtest(home: Home) -> int:
    """Mark the backtest as that of the present files where it would be the same, and write its pages."""
    text, cities = BACKTEST.read_text(encoding="utf-8"), pooled_cities(home, CITY)
    record = json.loads(text)
    if record["rests_on"] != rests_on(home):
        sys.stdout.write("docs/backtest.json is of other equations, priors or data: run python tools/make_calibration.py\n")
        return 1
    _put(BACKTEST, text.replace(record["data_key"], data_key(home, MODEL, cities)))
    call = [sys.executable, "tools/make_calibration.py", "--pages"]
    subprocess.run(call, cwd=ROOT, check=True)  # noqa: S603  our own words
    return 0


def _put(file: Path, text: str) -> None:
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    if text != before:
        file.write_text(text, encoding="utf-8")
        sys.stdout.write(f"renewed {file.relative_to(ROOT)}\n")


def _renewed(home: Home) -> Iterator[str]:
    """Renew the marks of all cities of a model together; yield what stands in the way."""
    marks: dict[str, list[tuple[Posterior, Fingerprint]]] = {}
    for city in home.cities():
        stored, model = read_posterior(home, city), read_city_file(home.city_folder(city)).model
        if stored is not None:
            marks.setdefault(model, []).append((stored, fingerprint(home, model, fitted_span(home, stored))))
    for model, pairs in marks.items():
        changed = [stored.city for stored, now in pairs if (now.beliefs, now.data) != _decisive(stored.fitted_to)]
        if changed:
            yield f"{model}: equations, priors or data of {', '.join(changed)} have changed; fit again"
            continue
        for stored, now in pairs:
            if stored.fitted_to != now:
                file = write_posterior(home, model, replace(stored, fitted_to=now))
                sys.stdout.write(f"renewed the mark of {file.relative_to(ROOT)}\n")


def _decisive(mark: Fingerprint) -> tuple[str, str]:
    return mark.beliefs, mark.data


if __name__ == "__main__":
    raise SystemExit(main())
