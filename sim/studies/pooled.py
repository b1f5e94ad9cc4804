"""The simple pooled forecast: what is expected of the nation, a gap to it that fades, and a part of the city's own deviation.

Its form and numbers are the model's (pooled.yaml). As of an origin it knows what was published by then: figures and outlook of
the nation, means and slopes of the training cities.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.base.arrays import Values
from sim.base.errors import Fault, InputError, Place
from sim.base.text import Text
from sim.inputs.base_year import Reference, ReferenceFigure
from sim.inputs.files import number, read_table, whole
from sim.inputs.history import Break, known_breaks
from sim.inputs.indicators import Indicators
from sim.inputs.pooled import NationEntry, PooledEntry, PooledForm, PooledRow
from sim.inputs.provenance import is_known
from sim.simulate.likelihood.errors_of_cities import PERCENT, Observation
from sim.studies.forecasts import Kind, kind_of


@dataclass(frozen=True)
class NationalFigures:
    """The nation's growth and inflation by year, and the growth that was expected of it, by vintage and year."""

    growth: Mapping[int, ReferenceFigure]
    inflation: Mapping[int, ReferenceFigure]
    outlook: Mapping[int, Mapping[int, float]]

    def known_growth(self, origin: int) -> dict[int, float]:
        """Growth as a ratio, as far as an origin knew it."""
        return _known(self.growth, origin)

    def known_inflation(self, origin: int) -> dict[int, float]:
        """Inflation as a ratio, as far as an origin knew it."""
        return _known(self.inflation, origin)

    def expected(self, origin: int, ahead: int, usual: float, persistence: float) -> Values:
        """Growth [year] after an origin: the mean of the last forecast of its time and of a return to what is usual.

        A forecast of autumn is known in its own year, not in the year before.
        """
        known, years = self.known_growth(origin), np.arange(origin + 1, origin + ahead + 1)
        last = max(known)
        returning = usual + (known[last] - usual) * persistence ** (years - last)
        vintage = max((year for year in self.outlook if year <= origin), default=None)
        if vintage is None:
            return np.asarray(returning)
        forecast = self.outlook[vintage]
        said = np.interp(years, list(forecast), list(forecast.values()))  # its first and last year hold beyond it
        return np.asarray((said + returning) / 2.0)


def _known(figures: Mapping[int, ReferenceFigure], origin: int) -> dict[int, float]:
    return {year: item.value / PERCENT for year, item in figures.items() if is_known(item.known_from, origin)}


def national_figures(folder: Path, indicators: Indicators, entry: NationEntry) -> NationalFigures:
    """Read the nation's figures from its folder; vintages of the outlook are those of an October.

    Raises
    ------
    InputError
        with every fault of the tables.
    """
    series, outlook = Reference((folder,), None, indicators), dict[int, dict[int, float]]()
    for place, row in read_table(folder / entry.outlook, ("vintage", "indicator", "year", "value")):
        if row["indicator"] == entry.growth:
            years = outlook.setdefault(whole(row["vintage"], place, "vintage"), {})
            years[whole(row["year"], place, "year")] = number(row["value"], place, "value") / PERCENT
    for name in (entry.growth, entry.inflation):
        if not series.series(name):
            message = Text(f"pooled.yaml 所用的全国指标 {name} 没有数", f"no figures of {name}, which pooled.yaml reads")
            raise InputError(Fault(message, Place(folder / "series.csv")))
    by_vintage = {vintage: dict(sorted(years.items())) for vintage, years in outlook.items()}
    return NationalFigures(series.series(entry.growth), series.series(entry.inflation), by_vintage)


@dataclass(frozen=True)
class PooledForecaster:
    """The forecast of any city; `breaks` are those of the model, which concern all of them."""

    form: PooledForm
    nation: NationalFigures
    breaks: tuple[Break, ...] = ()

    def changes(
        self, item: Observation, published: Mapping[int, float], own: Iterable[Break], origin: int, ahead: int
    ) -> Values | None:
        """Changes [year] of the log level or share after the origin; None where nothing is known to forecast them from.

        `own` are the breaks declared of the city; those that are the model's too concern the mean of the cities alike.
        """
        entry, kind = self.form.rules.indicators.get(item.name), kind_of(item)
        rows = {year: row for year, row in self._rows(item).items() if year <= origin and is_known(row.known_from, origin)}
        if entry is None or not rows or (entry.outlook and not self.nation.known_growth(origin)):
            return None
        path = self._outlook(entry, kind, origin, ahead) + self._gap(item, entry, rows, origin, ahead)
        moved = _years(own, item) - _years(self.breaks, item)
        changes = {year: change for year, change in _changes(kind, published).items() if year not in moved}
        path += self._own(entry, rows, changes, origin, ahead)
        if kind == "share":
            distance, left = published[origin] - rows[max(rows)].mean, 1.0 - entry.reversion
            path -= entry.reversion * distance * left ** np.arange(ahead)
        return np.log1p(path) if kind == "growth" else path

    def _rows(self, item: Observation) -> Mapping[int, PooledRow]:
        return self.form.rows.get(item.name, {})

    def _outlook(self, entry: PooledEntry, kind: Kind, origin: int, ahead: int) -> Values:
        """Return what the nation lets expect [year]."""
        if not entry.outlook:
            return np.zeros(ahead)
        rules = self.form.rules.nation
        growth = self.nation.expected(origin, ahead, rules.usual, rules.persistence)
        return growth if kind == "growth" else np.log1p(growth) + np.log1p(entry.inflation or 0.0)

    def _gap(self, item: Observation, entry: PooledEntry, rows: Mapping[int, PooledRow], origin: int, ahead: int) -> Values:
        """Return what is left of the gap between cities and nation [year], since the last year without a break."""
        if entry.gap is None:
            return np.zeros(ahead)
        nation = self._of_nation(entry, kind_of(item), origin)
        broken = _years(known_breaks(self.breaks, origin), item)
        known = rows.keys() if nation is None else rows.keys() & nation
        years = [year for year in known - broken if np.isfinite(rows[year].mean)]
        if not years:
            return np.zeros(ahead)
        last = max(years)
        gap = rows[last].mean - (0.0 if nation is None else nation[last])
        return np.asarray(gap * entry.gap.first * entry.gap.fade ** (origin - last + np.arange(ahead)))

    def _of_nation(self, entry: PooledEntry, kind: Kind, origin: int) -> dict[int, float] | None:
        """The nation's own changes by year; None where the indicator does not follow the nation."""
        growth, inflation = self.nation.known_growth(origin), self.nation.known_inflation(origin)
        if not entry.outlook:
            return None
        if kind == "growth":
            return growth
        prices = {year: float(np.log1p(rate)) for year, rate in inflation.items()}
        found = {year: float(np.log1p(rate)) for year, rate in growth.items()}
        if entry.inflation is None:
            return found
        return {year: rate + prices[year] for year, rate in found.items() if year in prices}

    def _own(
        self, entry: PooledEntry, rows: Mapping[int, PooledRow], changes: Mapping[int, float], origin: int, ahead: int
    ) -> Values:
        """Return what is left of the city's own deviation [year]."""
        slopes = next((row.slopes for _, row in sorted(rows.items(), reverse=True) if row.slopes), ())
        if entry.memory is None or not slopes:
            return np.zeros(ahead)
        rule = self.form.rules.deviations
        years = range(origin - rule.years + 1, origin + 1)
        apart = {year: changes[year] - rows[year].mean for year in years if year in changes and year in rows}
        believed = {year: value for year, value in apart.items() if abs(value) <= (entry.outlier or np.inf)}  # nan is not
        weights = {year: entry.memory ** (origin - year) for year in believed}
        if not believed:
            return np.zeros(ahead)
        deviation = sum(weights[year] * float(np.clip(value, -rule.most, rule.most)) for year, value in believed.items())
        by_year = np.array(slopes)[np.minimum(np.arange(ahead), len(slopes) - 1)]
        return np.asarray(by_year * deviation / sum(weights.values()))


def _years(breaks: Iterable[Break], item: Observation) -> set[int]:
    """The years of the breaks that lie in a series."""
    return {year for found in breaks if found.concerns(item.name) for year in found.years}


def _changes(kind: Kind, published: Mapping[int, float]) -> dict[int, float]:
    """Changes by year: growth as printed, of levels in logarithms, of shares as differences."""
    if kind == "growth":
        return dict(published)
    pairs = [(year, published[year - 1], value) for year, value in published.items() if year - 1 in published]
    return {year: value - before if kind == "share" else float(np.log(value / before)) for year, before, value in pairs}
