"""The nation in the base year and after: published growth and prices, then what is expected of them.

The outlook of growth is the mean of two views: the last forecast of the International Monetary Fund, and a return to what
economies grow at in the long run, since fast growth does not last (Easterly, Kremer, Pritchett & Summers 1993; Pritchett and
Summers 2014). That of inflation is the forecast alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sim.inputs.base_year import NATION, BaseCell, BaseYear
from sim.inputs.provenance import borrowed

from .rows import Origin, from_setting, number, path_cells, setting

PERCENT = 100.0
GROWTH, INFLATION, CONSUMER_INFLATION = "national_growth", "national_inflation", "national_consumer_inflation"


def published(base: BaseYear, indicator: str) -> dict[int, float]:
    """A series of the nation as a ratio, by year, as far as it was known."""
    found = {year: item.value / PERCENT for year, item in base.reference.series(indicator).items()}
    if not found:
        raise base.missing(indicator)
    return found


def _forecast(base: BaseYear, *indicators: str) -> tuple[dict[int, float], str, int]:
    """The latest known forecast of the first of the indicators that its vintage holds: by year, with its name and vintage."""
    rows = base.reference.table("outlook.csv")
    vintage = max((int(row["vintage"]) for row in rows if row["indicator"] == indicators[-1]), default=0)
    for indicator in indicators:
        found = {
            int(row["year"]): float(row["value"]) / PERCENT
            for row in rows
            if row["indicator"] == indicator and int(row["vintage"]) == vintage
        }
        if found:
            return found, indicator, vintage
    raise base.missing(indicators[0])


def _of_year(forecast: Mapping[int, float], year: int) -> float:
    """The forecast of a year; beyond its first and last year these hold."""
    return forecast[min(max(year, min(forecast)), max(forecast))]


def national_growth(base: BaseYear) -> dict[int, float]:
    """Growth of the nation by year: as published, then as expected."""
    known, (forecast, _, _) = published(base, GROWTH), _forecast(base, GROWTH)
    last = max(known)
    usual, persistence = number(base, "long_run_growth"), number(base, "persistence_of_growth")
    for year in range(last + 1, base.last_year + 2):
        returning = usual + (known[last] - usual) * persistence ** (year - last)
        known[year] = (_of_year(forecast, year) + returning) / 2.0
    return known


def national_inflation(base: BaseYear) -> dict[int, float]:
    """Growth of the nation's deflator by year: as published, then as expected.

    Vintages without one forecast consumer prices; of these the medium term counts, since what moves inflation in one year is
    gone in the next.
    """
    known = published(base, INFLATION)
    forecast, indicator, _ = _forecast(base, INFLATION, CONSUMER_INFLATION)
    if indicator == CONSUMER_INFLATION:
        forecast = {max(forecast): forecast[max(forecast)]}
    return known | {year: _of_year(forecast, year) for year in range(max(known) + 1, base.last_year + 2)}


def spending_growth(base: BaseYear) -> dict[int, float]:
    """Growth of public spending by year: that of the nation's output at current prices, times the buoyancy of revenue."""
    growth, inflation = national_growth(base), national_inflation(base)
    buoyancy = float(base.value("tax_buoyancy").item())
    return {year: buoyancy * (rate + inflation[year]) for year, rate in growth.items() if year in inflation}


def outlook_rows(base: BaseYear) -> list[BaseCell]:
    """Rows of the growth and the inflation of the nation, from the base year on."""
    return [
        *_rows(base, GROWTH, national_growth(base), _forecast(base, GROWTH)[2], _METHOD),
        *_inflation_rows(base, INFLATION),
        *_inflation_rows(base, "planned_inflation"),
        *_error_rows(base, "outlook_shock", GROWTH, "outlook_error"),
        *_error_rows(base, "inflation_shock", INFLATION, "inflation_error"),
    ]


def _inflation_rows(base: BaseYear, parameter: str) -> list[BaseCell]:
    """Rows of inflation: of the nation, and the same as what plans reckon with."""
    vintage = _forecast(base, INFLATION, CONSUMER_INFLATION)[2]
    return _rows(base, parameter, national_inflation(base), vintage, "预测值")


_METHOD = "预测值与向长期增速回归的平均"


def _error_rows(base: BaseYear, parameter: str, indicator: str, name: str) -> list[BaseCell]:
    """Rows of a yearly shock to the outlook: none in years that are published."""
    last = max(published(base, indicator))
    size, origin = number(base, name), from_setting(base, name)
    path = {year: size if year > last else 0.0 for year in range(base.year, base.last_year + 1)}
    return path_cells(parameter, "1/a", path, replace(origin, spread=_SPREAD))


_SPREAD = (0.5, 1.6)


def _rows(base: BaseYear, parameter: str, path: Mapping[int, float], vintage: int, then: str) -> list[BaseCell]:
    """Growth within each year, from its first day to its last: between the growth of its mean and of the next year's."""
    last = max(base.reference.series(GROWTH if parameter == GROWTH else INFLATION))
    within = {year: (path[year] + path[year + 1]) / 2.0 for year in range(base.year, base.last_year + 1)}
    source = f"国家统计局公布数（至 {last} 年）；国际货币基金组织《世界经济展望》{vintage} 年 10 月"
    usual = setting(base, "long_run_growth").source
    method = f"此后取{then}；年内增速为本年与下一年增速的平均"
    source = f"{source}；{usual}" if then == _METHOD else source
    origin = Origin("D", max(last + 1, vintage), source, method, borrowed(NATION))
    return path_cells(parameter, "1/a", within, origin)
