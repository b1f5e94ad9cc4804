"""Faulty promises: what no model has, and what does not fit, all at once and with their lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.base.errors import InputError
from sim.city.city import City
from sim.inputs.model_files import read_promises
from sim.plan.promises import promise_readings
from tests.cli.calling import ROOT

SHIPPED = ROOT / "models" / "prefecture" / "promises.yaml"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  by: productivity_residual", "  by: productivity_residul", "did you mean 'productivity_residual'"),
        ("  by: productivity_residual", "  by: gdp_real", "no parameter gdp_real with a range"),
        ("sector: [manufacturing]", "sector: [manufactring]", "did you mean 'manufacturing'"),
        ("sector: [manufacturing]", "sectr: [manufacturing]", "did you mean 'sector'"),
        ("  weights: value_added", "  weights: gdp_real", "different dimensions: gdp_real, productivity"),
        ("  variable: external_demand", "  variable: external_demnd", "did you mean 'external_demand'"),
        ("  over: gdp_real\n", "", "mean_ratio needs over"),
        ("  times: 1000", "  times: 0", "times must not be nought"),
        ("  reading: mean\n", "  reading: growth\n", "'growth' is not allowed"),
    ],
)
def test_a_faulty_promise_is_refused_with_its_line(old: str, new: str, expected: str, world: City, tmp_path: Path) -> None:
    text, file = SHIPPED.read_text(encoding="utf-8"), tmp_path / "promises.yaml"
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8", newline="")
    with pytest.raises(InputError, match=r"promises\.yaml") as caught:
        promise_readings(read_promises(file), world.graph, 5, world.data.parameters)
    assert expected in str(caught.value)
    assert all(fault.place.line for fault in caught.value.faults)
