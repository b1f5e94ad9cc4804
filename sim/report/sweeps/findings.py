"""What some draws say, found once: for the page, the tables, the screen and JSON."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import xarray as xr

from sim.report.sweeps.tables import (
    BandRow,
    CorrelationRow,
    PointRow,
    TargetRow,
    band_rows,
    correlation_rows,
    headline_series,
    point_rows,
    reading_year,
    target_rows,
)
from sim.result.draw_store import damage_is_a_fault
from sim.simulate.sweeps.statistics import bands, members_of, probabilities, rank_correlations


@dataclass(frozen=True)
class Findings:
    """Bands and probabilities of some draws; `correlations` where they are one ensemble. `names` are the series shown first."""

    draws: xr.Dataset
    bands: xr.Dataset
    probabilities: xr.Dataset
    correlations: xr.Dataset | None
    year: int
    names: list[str]

    @property
    def pointwise(self) -> bool:
        """Whether the draws belong to single points."""
        return self.correlations is None

    @property
    def last_year(self) -> int:
        """The last year of the run."""
        return int(self.bands["year"].to_numpy()[-1])

    @cached_property
    def targets(self) -> list[TargetRow]:
        """How likely each target is; at the first point where there are points."""
        return target_rows(self.draws, self.probabilities.isel(point=0) if self.pointwise else self.probabilities)

    @cached_property
    def band_rows(self) -> list[BandRow]:
        """Every series in every year; none where there are points."""
        return [] if self.pointwise else list(band_rows(self.draws, self.bands))

    @property
    def shown_bands(self) -> list[BandRow]:
        """The series shown first, in the year of the targets and the last one."""
        years = {self.year, self.last_year}
        shown = [row for row in self.band_rows if row.series.key in self.names and row.year in years]
        return sorted(shown, key=lambda row: self.names.index(row.series.key))

    @cached_property
    def correlation_rows(self) -> list[CorrelationRow]:
        """How inputs go with the series shown first, in the year of the targets."""
        return [] if self.correlations is None else correlation_rows(self.draws, self.correlations, self.names, self.year)

    @cached_property
    def points(self) -> list[PointRow]:
        """The points of a grid or list."""
        return point_rows(self.draws, self.bands, self.probabilities, self.year) if self.pointwise else []


def findings_of(draws: xr.Dataset) -> Findings:
    """Read the draws, one variable at a time, and sum them up."""
    with damage_is_a_fault(draws):
        correlations = rank_correlations(draws) if members_of(draws) is None else None
        return Findings(draws, bands(draws), probabilities(draws), correlations, reading_year(draws), headline_series(draws))
