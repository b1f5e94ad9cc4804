"""`check` names every fault that a later command would meet: of levers, systems and priors as well."""

from __future__ import annotations

from sim.inputs.home import Home
from tests.cli.calling import sim


def test_faults_of_levers_systems_and_priors_are_found_at_once(copied: Home) -> None:
    for name, old, new in (
        ("prefecture/levers.yaml", "rd_policy:", "rd_polcy:"),
        ("prefecture/parameters.yaml", "prior: [0.01, 0.03]", "prior: [0.025, 0.03]"),
        ("hengyang/plan/systems.yaml", "levers: [public_allocation]", "levers: [public_alocation]"),
    ):
        file = copied.models / name
        text = file.read_text(encoding="utf-8")
        assert old in text, name
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = sim("check", "baseline", "plan_2025", "--home", copied.folder, "--lang", "en")
    assert done.returncode == 2
    for expected in ("levers.yaml:", "systems.yaml:", "prior"):
        assert sum(expected in line for line in done.stderr.splitlines()) == 1, done.stderr
    assert "did you mean 'rd_policy'" in done.stderr
    assert "did you mean 'public_allocation'" in done.stderr
