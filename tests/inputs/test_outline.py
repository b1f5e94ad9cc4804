"""report.yaml of a model: what it may name, and what is said where it names something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.base.errors import InputError
from sim.city.city import World
from sim.inputs.outline import Outline, read_outline

VARIABLES = {"people": ("region",), "houses": ("region", "kind")}


def test_the_shipped_outline_names_what_reports_show(world: World) -> None:
    assert list(world.outline.figures) == ["gdp", "sectors", "manufacturing_share", "population", "pyramid", "firm_ladder"]
    assert {"gdp_nominal", "births", "listed_firms", "urban_share"} <= set(world.outline.summed_up)
    assert "population" not in world.outline.summed_up  # single ages: the pyramid is of the central run


def test_a_model_without_the_file_has_no_figures_of_its_own(tmp_path: Path) -> None:
    assert read_outline(tmp_path / "report.yaml", VARIABLES, ()) == Outline()


def test_every_unknown_name_is_a_fault_with_its_line_and_the_nearest(tmp_path: Path) -> None:
    file = tmp_path / "report.yaml"
    file.write_text(
        """first: [peple]
figures:
  one:
    title: {zh: 一, en: one}
    note: {zh: 注, en: note}
    panels:
      - {variable: house, members: {kind: [old]}}
      - {variable: houses, members: {knd: [old]}, published: population}
  two:
    title: {zh: 二, en: two}
    note: {zh: 注, en: note}
""",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as error:
        read_outline(file, VARIABLES, ["populations"])
    said = [fault.in_language("en") for fault in error.value.faults]
    for text in (
        "report.yaml:1",
        "no variable peple  → did you mean 'people'",
        "no variable house  → did you mean 'houses'",
        "no dimension knd  → did you mean 'kind'",
        "no indicator population  → did you mean 'populations'",
        "figure two needs panels or a pyramid",
    ):
        assert any(text in line for line in said), (text, said)
    assert any("report.yaml:8" in line and "knd" in line for line in said)
