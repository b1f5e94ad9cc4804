"""The 31 systems: signs as expected or explained, few nominal ones, fresh pages; levers and projects that act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from sim.city.city import City
from sim.report.reference import NONE_PRINTED, system_records, systems_markdown
from sim.studies.systems import NOMINAL, SystemRow, system_rows

ROOT = Path(__file__).resolve().parents[2]
MOST_NOMINAL = 5
ALLOWED: Mapping[str, set[str]] = {
    "+": {"+", "0+"},
    "-": {"-", "0-"},
    "0": {"0"},
    "0/+": {"0", "+", "0+"},
    "0/-": {"0", "-", "0-"},
    "?": {"0", "+", "-", "0+", "0-", "+-", "0+-"},
}


def sign_of(values: tuple[float, ...]) -> set[str]:
    """The signs of an effect over the years; 0 below the nominal size."""
    return {"0" if abs(value) < NOMINAL else "+" if value > 0.0 else "-" for value in values}


def wrong_in_district(row: SystemRow) -> list[str]:
    """Measures of the district whose sign is not the expected one."""
    found = []
    for metric, expected in row.system.expected_district.items():
        signs = "".join(sorted(sign_of(row.district[metric]), key="0+-".index))
        if signs not in ALLOWED[expected]:
            found.append(f"{row.system.key} {metric}: expected {expected} in the district, got {signs} {row.district[metric]}")
    return found


def surprises(row: SystemRow) -> dict[str, str]:
    """Measures of the city whose sign is not the expected one, with what was expected and what came."""
    found = {}
    for metric in row.measures:
        expected = row.system.expected[metric]
        signs = "".join(sorted(sign_of(row.city[metric]), key="0+-".index))
        if signs not in ALLOWED[expected]:
            found[metric] = f"{row.system.key} {metric}: expected {expected}, got {signs} {row.city[metric]}"
    return found


@pytest.fixture(scope="module")
def rows(world: City) -> Sequence[SystemRow]:
    return system_rows(world)


def test_every_system_of_the_documents_has_a_row(rows: Sequence[SystemRow], world: City) -> None:
    keys = [row.system.key for row in rows]
    assert keys == [*(f"1.{number}" for number in range(1, 19)), *(f"2.{number}" for number in range(1, 14))]
    named = [name for row in rows for name in row.system.targets]
    assert sorted(named) == sorted(world.catalogue.targets)
    assert all(row.system.district for row in rows if row.system.key.startswith("2."))


def test_signs_are_the_expected_ones_and_every_other_is_explained(rows: Sequence[SystemRow]) -> None:
    for row in rows:
        assert set(surprises(row)) == set(row.system.surprises), surprises(row)


def test_signs_in_the_district_are_the_expected_ones(rows: Sequence[SystemRow]) -> None:
    assert not [wrong for row in rows for wrong in wrong_in_district(row)]
    for row in rows:
        assert bool(row.district) == bool(row.system.expected_district), row.system.key


def test_at_most_five_systems_are_nominal(rows: Sequence[SystemRow]) -> None:
    assert sum(row.is_nominal for row in rows) <= MOST_NOMINAL


def test_every_named_thing_of_the_documents_belongs_to_one_system(rows: Sequence[SystemRow], world: City) -> None:
    named = [name for row in rows for name in row.projects]
    assert sorted(named) == sorted(world.ledger.projects)


def test_what_only_moves_between_districts_leaves_the_city_alone(rows: Sequence[SystemRow]) -> None:
    for row in rows:
        if row.system.key in ("2.1", "2.7", "2.8"):
            assert all(abs(value) < 1e-12 for values in row.city.values() for value in values), row.system.key
            assert max(abs(value) for values in row.district.values() for value in values) > 1e-3


def test_the_pages_of_the_systems_are_fresh(rows: Sequence[SystemRow]) -> None:
    for language, name in (("zh", "systems.md"), ("en", "systems_en.md")):
        page = (ROOT / "docs" / name).read_text(encoding="utf-8")
        assert page == systems_markdown(rows, language) + "\n", f"write docs/{name} anew"  # type: ignore[arg-type]


def test_records_say_what_is_not_printed(rows: Sequence[SystemRow]) -> None:
    records = {record["system"]: record for record in system_records(rows)}
    assert records["1.4"]["targets"] == NONE_PRINTED.en
    assert records["2.11"]["levers"] == ["public_allocation", "district_weight"]
    keys = {"system", "documents", "mechanism", "variables", "levers", "targets", "projects", "effects"}
    assert all(keys <= set(record) for record in records.values())
    assert set(records["2.3"]["effects"]["district"]["gdp"]) == {"2025", "2035"}
