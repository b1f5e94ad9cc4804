"""Before a fit: the tables of every city are checked, and changes too large to be true must be declared as breaks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.errors import Faults, InputError, Place
from sim.inputs.history import COLUMNS, read_sources
from sim.inputs.home import Home
from sim.inputs.indicators import Indicators, read_indicators
from sim.inputs.quality import Cell, check_series, choose
from sim.inputs.tables import number, read_table, whole
from sim.studies.observations import fitted, published_changes
from sim.text import Text
from sim.world import World, open_world


def fail_if_unfit(home: Home, cities: Sequence[str], years: range) -> None:
    """Nothing is fitted until every fault of every table in the fitted years is mended or accepted.

    Raises
    ------
    InputError
        with every fault of all cities.
    """
    faults = Faults()
    for city in cities:
        with faults.gathering(InputError):
            world = open_world(home, city)
            indicators = read_indicators(home.models / world.city.settings.model / "indicators.yaml")
            _check_table(world.city.folder, city, years, indicators, faults)
            _check_changes(world, years, faults)
    faults.raise_if_any(InputError)


def _check_table(folder: Path, city: str, years: range, indicators: Indicators, faults: Faults) -> None:
    ranks = {name: source.rank for name, source in read_sources(folder / "sources.yaml").items()}
    cells = []
    for place, row in read_table(folder / "history.csv", COLUMNS):
        indicator = indicators.by_name.get(row["indicator"])
        if indicator is None or row["region"] != city or row["unit"] != indicator.unit:
            continue
        value = number(row["value"], place, "value") if row["value"] else None
        year, source, accepted = whole(row["year"], place, "year"), row["source"], row.get("accepted") or ""
        if year not in years:
            continue
        cells.append(Cell(row["indicator"], year, value, source, ranks[source], accepted, place))
    chosen, _ = choose(cells, faults)
    check_series(chosen, indicators, faults)


def _check_changes(world: World, years: range, faults: Faults) -> None:
    history, city = world.city.history, world.city.key
    for item in fitted(world.checks):
        for year, change in published_changes(item, history, city).items():
            if year in years and abs(change) > item.rule.most:
                label, percent = item.check.label.text(), 100.0 * change
                message = Text(
                    f"{label.zh} {year} 年比上年变动 {percent:.1f}%，超过 {100.0 * item.rule.most:.0f}%，且没有声明断点",
                    f"{label.en} changes by {percent:.1f} % in {year}, more than {100.0 * item.rule.most:.0f} %, "
                    "and no break is declared",
                )
                advice = Text(
                    f"核对数据；若口径有变，在 {city}/breaks.yaml 声明 {item.name} 的 {year} 年",
                    f"check the data; if what is measured changed, declare {year} of {item.name} in {city}/breaks.yaml",
                )
                faults.add(message, Place(world.city.folder / "history.csv", key=f"{item.name} {year}"), advice)
