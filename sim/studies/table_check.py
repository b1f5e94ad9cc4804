"""Before a fit: the tables of every city are checked, and changes too large to be true must be declared as breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from sim.base.errors import Faults, InputError, Place
from sim.base.text import Text
from sim.city.city import World, open_world
from sim.inputs.history import COLUMNS, read_sources
from sim.inputs.home import Home
from sim.inputs.indicators import Indicators, read_indicators
from sim.inputs.tables import number, read_table, whole
from sim.inputs.tidy import Cell, check_series, choose
from sim.simulate.likelihood.observations import Observation, fitted, published_changes


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
            indicators = read_indicators(world.model_folder / "indicators.yaml")
            of_city = Faults()
            _check_table(world, years, indicators, of_city)
            if not of_city.found:
                _check_changes(world, years, of_city)
            faults.found.extend(of_city.found)
    faults.raise_if_any(InputError)


def _check_table(world: World, years: range, indicators: Indicators, faults: Faults) -> None:
    folder, city = world.city.folder, world.city.key
    fitted_levels = {item.name for item in fitted(world.checks) if item.check.reading == "value"}
    ranks = {name: source.rank for name, source in read_sources(folder / "sources.yaml").items()}
    cells = []
    for place, row in read_table(folder / "history.csv", COLUMNS):
        indicator = indicators.by_name.get(row["indicator"])
        if indicator is None or row["region"] != city or whole(row["year"], place, "year") not in years:
            continue
        value = number(row["value"], place, "value") if row["value"] else None
        value = value and indicators.converted(value, row["unit"], indicator, place)
        year, source, accepted = whole(row["year"], place, "year"), row["source"], row.get("accepted") or ""
        if value is not None and value <= 0.0 and row["indicator"] in fitted_levels:
            faults.add(Text(f"{value:g} 不大于零", f"{value:g} is not above zero"), place)
            continue
        cells.append(Cell(row["indicator"], year, value, source, ranks[source], accepted, place))
    chosen, _ = choose(cells, faults)
    check_series(chosen, indicators, faults)


def _check_changes(world: World, years: range, faults: Faults) -> None:
    """A change that lies too far from those of the two years before and after it crosses a break that nobody declared."""
    history, city = world.city.history, world.city.key
    changes = {item.name: published_changes(item, history, city) for item in fitted(world.checks)}
    for item in fitted(world.checks):
        series = _beyond(changes[item.name], changes.get(item.rule.beyond or ""))
        for year in (year for year in series if year in years):
            apart = _apart(series, year)
            if apart is not None and abs(apart) > item.rule.jump:
                faults.add(*_undeclared(item, world.city.folder, year, apart))


def _beyond(series: Mapping[int, float], other: Mapping[int, float] | None) -> dict[int, float]:
    """A series without what another explains."""
    return dict(series) if other is None else {year: value - other[year] for year, value in series.items() if year in other}


def _apart(series: Mapping[int, float], year: int) -> float | None:
    near = [series[other] for other in range(year - 2, year + 3) if other in series and other != year]
    return series[year] - median(near) if len(near) > 1 else None


def _undeclared(item: Observation, folder: Path, year: int, apart: float) -> tuple[Text, Place, Text]:
    label, shown, most = item.check.label.text(), f"{100.0 * apart:+.1f}", f"{100.0 * item.rule.jump:.0f}"
    message = Text(
        f"{label.zh} {year} 年的变动与前后年份相差 {shown} 个百分点，超过 {most}，且没有声明断点",
        f"{label.en}: the change into {year} is {shown} points off the years around it, more than {most}, "
        "and no break is declared",
    )
    file = f"{folder.name}/breaks.yaml"
    advice = Text(
        f"核对数据；若口径有变，在 {file} 声明 {item.name} 的 {year} 年",
        f"check the data; if what is measured changed, declare {year} of {item.name} in {file}",
    )
    return message, Place(folder / "history.csv", key=f"{item.name} {year}"), advice
