"""Amounts and years of a ledger and of targets: what cannot be is named with its line, other units give the same run."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from sim.base.errors import Faults, InputError
from sim.city.city import City
from sim.inputs.home import Home
from sim.inputs.ledger_table import read_ledger
from sim.inputs.scenario import read_scenario
from sim.inputs.targets import read_catalogue
from sim.plan.selection import selected_targets

Rows = list[dict[str, str]]


def read(file: Path) -> Rows:
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def write(file: Path, rows: Rows) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def lines(home: Home, world: City) -> set[int | None]:
    """The lines at fault of the ledger and the targets of a home folder; `world` knows the names that they may use."""
    try:
        read_ledger(home.models / "hengyang", home.models / "prefecture", world.ledger.names)
        read_catalogue(home.models / "hengyang" / "plan", world.data.settings.named_regions)
    except InputError as error:
        return {fault.place.line for fault in error.faults}
    return set()


def mutated(
    home: Home, world: City, name: str, column: str, changes: list[str | None]
) -> Iterator[tuple[int, set[int | None]]]:
    """For each row that fills the column: its line, and the lines at fault. None stands for the value times a thousand."""
    file = home.models / "hengyang" / name
    rows = read(file)
    for index in [index for index, row in enumerate(rows) if row[column]][:: 4 if name == "ledger.csv" else 23]:
        for change in changes:
            text = str(Decimal(rows[index][column]) * 1000) if change is None else change
            write(file, [*rows[:index], {**rows[index], column: text}, *rows[index + 1 :]])
            yield index + 2, lines(home, world)
    write(file, rows)


@pytest.mark.parametrize(
    ("name", "column", "changes"),
    [
        ("ledger.csv", "amount", [None, "-5", "0", "nan"]),
        ("ledger.csv", "amount_unit", ["户", "亿圆", ""]),
        ("ledger.csv", "local_share", ["9999", "-1"]),
        ("ledger.csv", "field", [None]),
        ("plan/targets.csv", "value", ["-5500", "5.5e15", "inf"]),
        ("plan/targets.csv", "target_year", ["1900", "2525"]),
    ],
)
def test_what_cannot_be_is_named_with_its_line(
    copied: Home, world: City, name: str, column: str, changes: list[str | None]
) -> None:
    found = list(mutated(copied, world, name, column, changes))
    assert len(found) >= 3
    assert [line for line, at_fault in found if line not in at_fault] == []


def test_a_system_that_the_plan_does_not_have(copied: Home, world: City) -> None:
    file = copied.models / "hengyang" / "ledger.csv"
    rows = read(file)
    rows[7]["system"] = "1.99"
    write(file, rows)
    assert lines(copied, world) == {9}


def test_amounts_in_another_unit_are_the_same_amounts(copied: Home, world: City) -> None:
    file, names = copied.models / "hengyang" / "ledger.csv", world.ledger.names
    before = read_ledger(file.parent, copied.models / "prefecture", names)
    rows = read(file)
    for row in (row for row in rows if row["amount"]):
        row["amount"], row["amount_unit"] = str(Decimal(row["amount"]) * 10000), "万元"
    write(file, rows)
    after = read_ledger(file.parent, copied.models / "prefecture", names)
    assert {key: item.amount for key, item in after.projects.items()} == {
        key: item.amount for key, item in before.projects.items()
    }


def test_one_target_under_two_names(copied: Home, world: City) -> None:
    file = copied.models / "hengyang" / "plan" / "targets.csv"
    rows = read(file)
    write(file, [*rows, {**rows[0], "id": "another_name"}])
    faults = Faults()
    with faults.gathering():
        read_catalogue(file.parent, world.data.settings.named_regions)
    assert "another_name says the same as hy_gdp_2025" in str(InputError(faults.found))


def test_one_target_twice_in_the_list_of_a_scenario(world: City, tmp_path: Path) -> None:
    file = tmp_path / "twice.yaml"
    text = "name: {zh: 甲, en: A}\ncity: hengyang\ntargets: [hy_gdp_2025, hengyang/hy_gdp_2025]\n"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="the target hy_gdp_2025 stands twice"):
        selected_targets(read_scenario(file), world.catalogue, "hengyang")
