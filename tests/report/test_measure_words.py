"""Measure words: firms are counted as 家, market entities and household businesses as 户, wherever a variable is printed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from sim.base.errors import InputError
from sim.city.city import open_city
from sim.inputs.home import Home
from sim.report.trends import trends
from sim.report.view import view_of
from sim.simulate import pipeline
from sim.simulate.collect import results_of


def test_one_measure_word_per_variable_in_results_tables_and_figures(outcomes: Sequence[pipeline.Outcome]) -> None:
    results = outcomes[0].results
    for name in ("four_above_firms", "hightech_firms", "threshold_crossings", "listed_firms", "district_hightech_firms"):
        assert results[name].attrs["units"] == "家"
    for name in ("market_entities", "household_businesses", "district_market_entities"):
        assert results[name].attrs["units"] == "户"
    panels = {panel.title.zh: panel.unit.zh for panel in trends(view_of(results_of(outcomes)))["firm_ladder"].panels}  # type: ignore[attr-defined]
    assert panels["高新技术企业"] == "家"
    assert panels["市场主体"] == "万户"
    targets = {score.target.name.zh: score.target.unit for score in outcomes[0].scores}
    assert targets["高新技术企业数"] == "家"


def test_a_printed_unit_is_another_name_of_the_same_unit(copied: Home) -> None:
    file = copied.models / "prefecture" / "labels.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("    - tech_smes\n", "    - tech_smes\n    - gdp_nominal\n    - tech_sme\n"), encoding="utf-8")
    with pytest.raises(InputError) as error:
        open_city(copied, "hengyang")
    said = "\n".join(fault.in_language("en") for fault in error.value.faults)
    assert "the unit of gdp_nominal is 亿元/a, not 家" in said
    assert "no variable tech_sme  → did you mean 'tech_smes'" in said
