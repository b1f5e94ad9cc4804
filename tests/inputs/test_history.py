"""Statistics are held against names, units, bounds, years around, parts and wholes; other units make the same table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from sim.base.errors import InputError
from sim.inputs.city import pooled_cities, read_city_file
from sim.inputs.history import Datum, read_history
from sim.inputs.home import find_home
from sim.inputs.indicators import Indicators, read_indicators
from sim.inputs.plausible import fail_if_reference_wrong

HOME = find_home(Path(__file__).parents[2])
MODEL = HOME.models / "prefecture"
Row = dict[str, str]
SMALLER = {
    "亿元": ("万元", "10000"),
    "万人": ("人", "10000"),
    "元/m2": ("万元/m2", "0.0001"),
    "%": ("‰", "10"),
    "户": ("万户", "0.0001"),
}
WRONG = {
    "亿元": "万元",
    "元": "万元",
    "元/人": "万元/人",
    "%": "亿元",
    "‰": "户",
    "户": "人",
    "万人": "人",
    "人": "万人",
    "元/m2": "户",
}
SIGNED = ("growth", "cpi_change")
"""Rates that may lie on either side of zero: a sign alone makes them no less likely."""


@cache
def indicators() -> Indicators:
    return read_indicators(MODEL / "indicators.yaml")


def rows_of(city: str) -> list[Row]:
    text = (HOME.models / city / "history.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def read(folder: Path, city: str, rows: list[Row]) -> tuple[Datum, ...]:
    file = folder / "history.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    regions = read_city_file(HOME.models / city).named_regions
    return read_history(file, HOME.models / city / "sources.yaml", indicators(), regions).data


def lines_at_fault(folder: Path, city: str, rows: list[Row]) -> set[int | None]:
    try:
        read(folder, city, rows)
    except InputError as error:
        return {fault.place.line for fault in error.faults if fault.place.file == folder / "history.csv"}
    return set()


def scaled(row: Row) -> Row:
    return {**row, "value": str(Decimal(row["value"]) * 1000)}


def negated(row: Row) -> Row:
    return {**row, "value": str(-Decimal(row["value"]))}


def misspelt(row: Row) -> Row:
    return {**row, "indicator": row["indicator"] + "x"}


def elsewhere(row: Row) -> Row:
    return {**row, "region": row["region"] + "x"}


def in_wrong_unit(row: Row) -> Row:
    return {**row, "unit": WRONG.get(row["unit"], "无此单位")}


def published_too_late(row: Row) -> Row:
    return {**row, "known_from": "2031"}


MUTATIONS = (scaled, negated, misspelt, elsewhere, in_wrong_unit, published_too_late)


@pytest.mark.parametrize("city", pooled_cities(HOME, "hengyang"))
def test_the_tables_that_are_shipped_pass(tmp_path: Path, city: str) -> None:
    assert len(read(tmp_path, city, rows_of(city))) > 500


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda item: item.__name__)
@pytest.mark.parametrize(("city", "every"), [("hengyang", 41), ("yongzhou", 131)])
def test_a_mutated_row_is_named_with_file_and_line(tmp_path: Path, mutate: Callable[[Row], Row], city: str, every: int) -> None:
    rows, missed = rows_of(city), []
    for index in range(0, len(rows), every):
        row = rows[index]
        if not row["value"] or (mutate is negated and any(word in row["indicator"] for word in SIGNED)):
            continue
        if index + 2 not in lines_at_fault(tmp_path, city, [*rows[:index], mutate(row), *rows[index + 1 :]]):
            missed.append(row)
    assert missed == []


def test_a_table_in_other_units_is_the_same_table(tmp_path: Path) -> None:
    rows = rows_of("hengyang")
    other = [
        {**row, "value": str(Decimal(row["value"]) * Decimal(SMALLER[row["unit"]][1])), "unit": SMALLER[row["unit"]][0]}
        if row["unit"] in SMALLER
        else row
        for row in rows
    ]
    assert read(tmp_path, "hengyang", other) == read(tmp_path, "hengyang", rows)


@pytest.mark.parametrize("factor", [1000, 10])
def test_one_sector_times_ten_or_a_thousand_names_its_line(tmp_path: Path, factor: int) -> None:
    rows = rows_of("hengyang")
    index = next(i for i, row in enumerate(rows) if (row["year"], row["indicator"]) == ("2020", "value_added_secondary"))
    rows[index] = {**rows[index], "value": str(Decimal(rows[index]["value"]) * factor)}
    assert lines_at_fault(tmp_path, "hengyang", rows) == {index + 2}


def test_every_fault_of_a_table_is_found_at_once(tmp_path: Path) -> None:
    rows = rows_of("hengyang")
    rows[0] = misspelt(rows[0])
    rows[10] = {**rows[10], "unit": "万圆", "region": "hengyan"}
    with pytest.raises(InputError) as caught:
        read(tmp_path, "hengyang", rows)
    text = str(caught.value)
    assert f":2: unknown indicator {rows[0]['indicator']}  → did you mean" in text
    assert ":12: the city has no region hengyan  → did you mean 'hengyang'?" in text
    assert ":12: unknown unit 万圆" in text


def test_an_odd_value_may_be_declared_but_not_an_impossible_one(tmp_path: Path) -> None:
    rows = rows_of("changsha")
    index = next(i for i, row in enumerate(rows) if (row["year"], row["indicator"]) == ("2012", "industrial_firms"))
    odd = {**rows[index], "value": "300"}
    assert lines_at_fault(tmp_path, "changsha", [*rows[:index], odd, *rows[index + 1 :]]) == {index + 2}
    said = {**odd, "accepted": "原表如此"}
    assert lines_at_fault(tmp_path, "changsha", [*rows[:index], said, *rows[index + 1 :]]) == set()
    impossible = {**said, "value": "-300"}
    assert lines_at_fault(tmp_path, "changsha", [*rows[:index], impossible, *rows[index + 1 :]]) == {index + 2}


@pytest.mark.parametrize("folder", ["china", "hunan"])
def test_a_mutated_row_of_a_reference_table_is_named(tmp_path: Path, folder: str) -> None:
    missed = []
    for file in sorted((MODEL / "reference" / folder).glob("*.csv")):
        text = file.read_text(encoding="utf-8-sig").splitlines()
        column = (
            text[0]
            .split(",")
            .index(
                {
                    "ages": "persons",
                    "mortality": "deaths_per_1000",
                    "fertility": "percent_of_tfr",
                    "migration": "net_migrants",
                }.get(file.stem, "value")
            )
        )
        for number in range(1, len(text), 7):
            cells = text[number].split(",")
            cells[column] = str(Decimal(cells[column]) * 1000)
            copied = tmp_path / file.name
            copied.write_text("\n".join([*text[:number], ",".join(cells), *text[number + 1 :]]), encoding="utf-8")
            try:
                fail_if_reference_wrong([tmp_path], indicators())
                lines = set[int | None]()
            except InputError as error:
                lines = {fault.place.line for fault in error.faults}
            if number + 1 not in lines:
                missed.append((file.name, number + 1, text[number]))
            copied.unlink()
    assert [row for row in missed if row[0] != "migration.csv"] == []
