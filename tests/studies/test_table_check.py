"""Nothing is fitted until every fault of every table is mended or accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.base.errors import InputError
from sim.inputs.city import pooled_cities
from sim.inputs.home import Home
from sim.studies.new_city import fail_if_unfit

YEARS = range(2005, 2024)


def table(home: Home) -> Path:
    return home.models / "changsha" / "history.csv"


def edit(file: Path, start: str, change: list[str]) -> int:
    """Replace the line that starts so by others; its number."""
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    [place] = [number for number, line in enumerate(lines) if line.startswith(start)]
    lines[place : place + 1] = [item.replace("LINE", lines[place]) for item in change]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return place + 1


def test_the_shipped_tables_are_fit(home: Home) -> None:
    fail_if_unfit(home, pooled_cities(home, "hengyang"), YEARS)


def test_a_missing_year(copied: Home) -> None:
    edit(table(copied), "changsha,2012,industrial_firms,", [])
    with pytest.raises(InputError, match="lacks 2012"):
        fail_if_unfit(copied, ["changsha"], YEARS)
    fail_if_unfit(copied, ["changsha"], range(2013, 2024))


def test_a_value_far_off_its_neighbours(copied: Home) -> None:
    file = table(copied)
    line = edit(
        file, "changsha,2012,industrial_firms,", ["changsha,2012,industrial_firms,900,户,panel_1990_2023,2013,,,430100"]
    )
    with pytest.raises(InputError, match="off its neighbours") as caught:
        fail_if_unfit(copied, ["changsha"], YEARS)
    assert line in {fault.place.line for fault in caught.value.faults}


def test_another_unit_of_the_same_kind_is_converted(copied: Home) -> None:
    row = "changsha,2012,industrial_firms,0.2282,万户,panel_1990_2023,2013,,,430100"
    edit(table(copied), "changsha,2012,industrial_firms,", [row])
    fail_if_unfit(copied, ["changsha"], YEARS)


def test_a_value_that_has_no_logarithm(copied: Home) -> None:
    file = table(copied)
    line = edit(file, "changsha,2012,industrial_firms,", ["changsha,2012,industrial_firms,0,户,panel_1990_2023,2013,,,430100"])
    with pytest.raises(InputError, match="0 is not above zero") as caught:
        fail_if_unfit(copied, ["changsha"], YEARS)
    assert line in {fault.place.line for fault in caught.value.faults}


def test_an_undeclared_break(copied: Home) -> None:
    """From 2015 on only half the firms are counted: refused until the city declares it."""
    file = table(copied)
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    for place, line in enumerate(lines):
        cells = line.split(",")
        if cells[2] == "industrial_firms" and int(cells[1]) >= 2015:
            lines[place] = ",".join([*cells[:3], str(float(cells[3]) / 2), *cells[4:]])
    file.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    with pytest.raises(InputError, match="no break is declared") as caught:
        fail_if_unfit(copied, pooled_cities(copied, "hengyang"), YEARS)
    assert [fault.place.key for fault in caught.value.faults] == ["industrial_firms 2015"]
    declared = "- {indicators: [industrial_firms], years: [2015], known_from: 2016, reason: {zh: 口径, en: scope}}\n"
    (copied.models / "changsha" / "breaks.yaml").write_text(declared, encoding="utf-8")
    fail_if_unfit(copied, pooled_cities(copied, "hengyang"), YEARS)
