"""report.yaml of a model: what it may name, and what is said where it names something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.base.errors import InputError
from sim.city.city import City
from sim.inputs.outline import Outline, Quantities, is_own_figure, read_outline

KNOWN = Quantities(
    dims={"people": ("region",), "houses": ("region", "kind"), "ages": ("region", "sex", "age"), "money": ()},
    units={"people": "万人", "houses": "户", "ages": "人", "money": "亿元"},
    members={"region": ("all",), "kind": ("old", "new"), "sex": ("male", "female"), "age": ("0", "1")},
    indicators={"populations": "万人"},
)


def test_the_shipped_outline_names_what_reports_show(world: City) -> None:
    assert list(world.outline.figures) == ["gdp", "sectors", "manufacturing_share", "population", "pyramid", "firm_ladder"]
    assert {"gdp_nominal", "births", "listed_firms", "urban_share"} <= set(world.outline.summed_up)
    assert "population" not in world.outline.summed_up  # single ages: the pyramid is of the central run


def test_a_model_without_the_file_has_no_figures_of_its_own(tmp_path: Path) -> None:
    assert read_outline(tmp_path / "report.yaml", KNOWN) == Outline()


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
        read_outline(file, KNOWN)
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


PANEL = "variable: people"
FAULTS = [
    ("panels: [{variable: houses, members: {kind: [old, nw]}}]", "kind.1: no member nw  → did you mean 'new'"),
    ("panels: [{variable: houses}]", "houses has the dimension kind besides"),
    ("panels: [{variable: people, members: {region: [all]}}]", "no dimension region"),
    ("panels: [{variable: people, unit: 亿元}]", "unit: the unit 亿元 does not fit people  → the variable is in 万人"),
    ("panels: [{variable: people, unit: head}]", "unit: the unit head does not fit people"),
    ("panels: [{variable: people, unit: 人, reading: growth}]", "growth is in %"),
    ("panels: [{variable: money, published: populations}]", "indicator populations is in 万人, not in 亿元"),
    ("panels: [{variable: people, title: {zh: 一, en: 'one {base}'}}]", "title.en: the placeholder {base} is not filled in"),
    ("pyramid: {variable: ages, dimension: sx, left: male, right: female}", "dimension: no dimension sx  → did you mean 'sex'"),
    ("pyramid: {variable: ages, dimension: sex, left: mal, right: female}", "left: no member mal  → did you mean 'male'"),
    ("pyramid: {variable: houses, dimension: kind, left: old, right: new}", "no pyramid of houses"),
]


@pytest.mark.parametrize(("line", "said"), FAULTS)
def test_what_no_figure_can_show_is_said_before_a_run(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "report.yaml"
    head = "figures:\n  one:\n    title: {zh: 一, en: one}\n    note: {zh: 注, en: note}\n"
    file.write_text(f"{head}    {line}\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_outline(file, KNOWN)
    [fault] = [fault.in_language("en") for fault in error.value.faults]
    assert "report.yaml:5" in fault
    assert said in fault


@pytest.mark.parametrize(
    ("key", "title", "said"),
    [
        ("one", "{town}", "title.zh: no placeholder town"),
        ("one", "{citi}", "no placeholder citi  → did you mean 'city'"),
        ("one", "{city", "braces that are no placeholder"),
        ("one", "{}", "no placeholder"),
        ("fans", "{city} {base}–{last}", "every report has a figure fans already"),
        ("rates_part2", "一", "every report has a figure rates_part2 already"),
        ("in_parts", "一", "cannot hold _part"),
        ("a/b", "一", "'a/b' is no name"),
    ],
)
def test_keys_and_titles_of_figures_are_checked(tmp_path: Path, key: str, title: str, said: str) -> None:
    file = tmp_path / "report.yaml"
    entry = f"title: {{zh: '{title}', en: one}}, note: {{zh: 注, en: note}}, panels: [{{{PANEL}}}]"
    file.write_text(f"figures:\n  {key}: {{{entry}}}\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_outline(file, KNOWN)
    assert any("report.yaml:2" in line and said in line for line in map(str, error.value.args[0].splitlines()))


def test_all_faults_of_a_figure_are_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "report.yaml"
    panel = "{variable: houses, unit: 亿元, members: {kind: [od]}, published: population}"
    file.write_text(
        f"figures:\n  tornado: {{title: {{zh: '{{town}}', en: a}}, note: {{zh: b, en: c}}, panels: [{panel}]}}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as error:
        read_outline(file, KNOWN)
    assert len(error.value.faults) == 5


def test_further_parts_of_a_figure_are_figures_of_every_report() -> None:
    assert is_own_figure("progress_part3")
    assert is_own_figure("path_12")
    assert not is_own_figure("pathways")
