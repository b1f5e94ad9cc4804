"""The model beside published figures: value, published value and error of each year, whatever the error is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import xarray as xr

from sim.base.text import Text
from sim.base.units import conversion
from sim.inputs.history import Datum, History
from sim.inputs.model_files import PublishedCheck

PERCENT = "%"


@dataclass(frozen=True)
class Comparison:
    """One year of one comparison. `error_percent` is relative; for rates and shares `error` is in percentage points."""

    label: Text
    year: int
    unit: str
    model: float
    published: float
    error: float
    error_percent: float | None
    note: str


def compare_with_published(
    results: xr.Dataset, checks: Iterable[PublishedCheck], history: History, region: str, years: tuple[int, int]
) -> list[Comparison]:
    """All comparisons for the years from `years[0]` to `years[1]` that are published."""
    return [row for check in checks for row in _rows(results, check, history, region, years)]


def _rows(
    results: xr.Dataset, check: PublishedCheck, history: History, region: str, years: tuple[int, int]
) -> Iterable[Comparison]:
    published = published_series(check, history, region)
    modelled, unit = modelled_series(results, check, region)
    for year, datum in published.items():
        if years[0] <= year <= years[1] and year in modelled:
            value = modelled[year] * conversion(unit, datum.unit)
            error = value - datum.value
            relative = None if datum.unit == PERCENT else 100.0 * error / datum.value
            yield Comparison(check.label.text(), year, datum.unit, value, datum.value, error, relative, datum.note)


def published_series(check: PublishedCheck, history: History, region: str) -> dict[int, Datum]:
    """The published side of a check; where a share is not published itself, it is the ratio of two series of one source."""
    own = history.series(check.history, region)
    if check.numerator is None or check.denominator is None:
        return own
    above = history.series(check.numerator, region)
    below = history.series(check.denominator, region)
    note = f"{check.numerator} / {check.denominator}"
    ratios = {
        year: Datum(
            region, year, check.history, 100 * item.value / below[year].value, PERCENT, item.source, item.known_from, note
        )
        for year, item in above.items()
        if year in below and (item.source == below[year].source or year not in own)
    }
    return dict(sorted((ratios | own).items()))


def modelled_series(results: xr.Dataset, check: PublishedCheck, region: str) -> tuple[dict[int, float], str]:
    """The model's side of a check: values by year, and their unit."""
    array = results[check.variable]
    unit = str(array.attrs["units"])
    if "region" in array.dims:
        array = array.sel(region=region)
    part = array
    for dim, members in check.members.items():
        part = part.sel({dim: members}).sum(dim)
    if check.reading == "share":
        part, unit = part / array.sum([dim for dim in array.dims if dim != "year"]), "ratio"
    if check.reading == "growth":
        part, unit = part / part.shift(year=1) - 1.0, "ratio"
    years = [int(year) for year in part["year"].values]
    return dict(zip(years, (float(value) for value in part.values), strict=True)), unit
