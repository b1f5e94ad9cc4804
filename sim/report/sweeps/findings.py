"""Findings of some draws, as records of names and numbers in the units that people read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr

from sim.base.arrays import Values
from sim.base.text import Text, same
from sim.report.cells import NOTHING
from sim.result.draw_store import damage_is_a_fault
from sim.simulate.sweeps import statistics
from sim.simulate.sweeps.names import ALL_TARGETS, AskedTarget, Named, asked_targets, named_inputs, named_series

MOST_HEADLINES = 12


@dataclass(frozen=True)
class TargetRow:
    """The share of the draws that meet a target, or all of them together, and the error of that share."""

    target: AskedTarget | None
    label: Text
    probability: float
    error: float

    @property
    def named(self) -> Text:
        """The target with its years."""
        return self.label + same(f" {self.target.years}" if self.target else "")


@dataclass(frozen=True)
class BandRow:
    """One series in one year: mean, standard deviation and quantiles."""

    series: Named
    year: int
    mean: float
    deviation: float
    quantiles: dict[float, float]


@dataclass(frozen=True)
class PointRow:
    """One point of a grid or list: the values of its inputs, the median of each series in a year, how likely targets are."""

    inputs: dict[str, float]
    medians: dict[str, float]
    chances: dict[str, float]

    @property
    def numbers(self) -> tuple[float, ...]:
        """All of them in a row."""
        return (*self.inputs.values(), *self.medians.values(), *self.chances.values())


def target_rows(draws: xr.Dataset, found: xr.Dataset) -> list[TargetRow]:
    """The share of the draws that meet each target, and behind them all together; none without targets."""
    asked = asked_targets(draws)
    numbers = zip(asked, found["probability"].to_numpy(), found["error"].to_numpy(), strict=True)
    rows = [TargetRow(target, target.label, float(share), float(error)) for target, share, error in numbers]
    return [*rows, TargetRow(None, ALL_TARGETS, float(found["joint"]), float(found["joint_error"]))] if asked else []


def reading_year(draws: xr.Dataset) -> int:
    """The year that most targets speak of; without targets the last one."""
    years = Counter(item.year for item in asked_targets(draws))
    return years.most_common(1)[0][0] if years else int(draws["year"].to_numpy()[-1])


def headline_series(draws: xr.Dataset) -> list[str]:
    """The series that are shown first: those of targets, then variables that are one series; a dozen at most."""
    single = statistics.single_series(draws)
    of_targets = [item.variable for item in asked_targets(draws) if item.variable in single]
    return list(dict.fromkeys((*of_targets, *single)))[:MOST_HEADLINES]


def method_sentence(draws: xr.Dataset) -> Text:
    """The making of the draws, in words."""
    count, lost = draws.sizes["draw"], int(draws["lost"].sum())
    seed, members = draws.attrs["seed"], int(draws.attrs["draws_per_point"])
    method, swept = METHOD_WORDS[str(draws.attrs["method"])], int(draws.attrs["swept"])
    if draws.attrs["method"] == "ensemble" and not draws.attrs.get("has_shocks", 1):
        method = Text("全部未知参数一起抽样", "All unknown parameters drawn together")
    rest = (REST_WORDS if swept else WHOLE_WORDS)[str(draws.attrs["rest"])]
    points = f"{count // max(members, 1):,}"
    each = Text(f"，{points} 个点各 {members:,} 次", f", {members:,} at each of {points} points") if members else NOTHING
    left_out = Text(f"；{lost:,} 次无效，未计入", f"; {lost:,} were left out") if lost else NOTHING
    head = Text(f"{method.zh}，共 {count:,} 次（种子 {seed}）", f"{method.en}, {count:,} draws (seed {seed})")
    return head + each + rest + left_out + Text("。", ".")


METHOD_WORDS = {
    "ensemble": Text("全部未知参数与年度冲击一起抽样", "All unknown parameters and yearly shocks drawn together"),
    "random": Text("随机抽样", "Random design"),
    "latin_hypercube": Text("拉丁超立方抽样", "Latin hypercube"),
    "sobol": Text("Sobol 序列抽样", "Sobol sequence"),
    "grid": Text("网格扫描", "Grid"),
    "list": Text("逐点扫描", "List of points"),
    "saltelli": Text("Saltelli 设计（计算 Sobol 指数）", "Saltelli design for Sobol indices"),
    "morris": Text("Morris 筛选", "Morris screening"),
}
WHOLE_WORDS = {
    "posterior": Text("；参数取自按历史校准的集合", "; parameters from the ensemble calibrated on history"),
    "priors": Text("；参数取自先验，未按历史校准", "; parameters from their priors, not calibrated on history"),
    "outdated": Text(
        "；参数取自先验：校准之后模型或数据有改动，请重新校准",
        "; parameters from their priors: model or data have changed since the fit, which is due again",
    ),
}
REST_WORDS = {
    "posterior": Text("；未扫描的参数取自校准后的集合", "; what is not swept comes from the calibrated ensemble"),
    "priors": Text("；未扫描的参数取自先验，未按历史校准", "; what is not swept comes from its prior, not calibrated"),
    "outdated": Text(
        "；未扫描的参数取自先验：校准之后模型或数据有改动，请重新校准",
        "; what is not swept comes from its prior: model or data have changed since the fit, which is due again",
    ),
    "nothing": Text("；未扫描的参数保持不变", "; what is not swept stays as it is"),
}


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
        """True where the draws belong to single points."""
        return self.correlations is None

    @property
    def last_year(self) -> int:
        """The last year of the run."""
        return int(self.bands["year"].to_numpy()[-1])

    @cached_property
    def chances(self) -> list[TargetRow]:
        """The probability of each target, and of all of them together; at the first point where there are points."""
        return target_rows(self.draws, self.probabilities.isel(point=0) if self.pointwise else self.probabilities)

    @property
    def targets(self) -> list[TargetRow]:
        """The probability of each target."""
        return self.chances[:-1]

    @cached_property
    def band_rows(self) -> list[BandRow]:
        """Every series in every year; none where there are points."""
        return [] if self.pointwise else [row for name in statistics.outputs_of(self.draws) for row in self._bands_of(name)]

    def _bands_of(self, name: str) -> Iterator[BandRow]:
        """Every series of a variable in every year."""
        levels, years = self.bands["quantile"].to_numpy().tolist(), self.bands["year"].to_numpy().tolist()
        parts = [self.bands[f"{name}_mean"], self.bands[f"{name}_sd"]]
        parts += [self.bands[name].sel(quantile=level) for level in levels]
        found = [dict(statistics.labelled(name, part)) for part in parts]
        for key in found[0]:
            named = named_series(self.draws, key)
            numbers = named.scale * np.array([part[key] for part in found])
            for year, (mean, deviation, *quantiles) in zip(years, numbers.T.tolist(), strict=True):
                yield BandRow(named, year, mean, deviation, dict(zip(levels, quantiles, strict=True)))

    @property
    def shown_bands(self) -> list[BandRow]:
        """The series shown first, in the year of the targets and the last one."""
        years = {self.year, self.last_year}
        shown = [row for row in self.band_rows if row.series.key in self.names and row.year in years]
        return sorted(shown, key=lambda row: self.names.index(row.series.key))

    @cached_property
    def correlation_rows(self) -> list[tuple[Named, Named, float]]:
        """Inputs beside the series shown first, in the year of the targets; inputs that never differ are left out."""
        if self.correlations is None:
            return []
        inputs = named_inputs(self.draws).values()
        columns = {name: self.correlations[name].sel(year=self.year).to_numpy().reshape(len(inputs)) for name in self.names}
        pairs = ((item, name, float(value)) for name in columns for item, value in zip(inputs, columns[name], strict=True))
        return [(item, named_series(self.draws, name), value) for item, name, value in pairs if np.isfinite(value)]

    @cached_property
    def points(self) -> list[PointRow]:
        """The points of a grid or list."""
        if not self.pointwise:
            return []
        draws, inputs, count = self.draws, named_inputs(self.draws), self.bands.sizes["point"]
        keys = [str(key) for key in draws["input"].to_numpy()[: int(draws.attrs["swept"])]]
        targets, middle = (
            [str(key) for key in self.probabilities["target"].to_numpy()],
            self.bands.sel(quantile=0.5, year=self.year),
        )
        medians = [named_series(draws, name).scale * middle[name].to_numpy().reshape(-1) for name in self.names]
        parts = (
            _records(keys, [inputs[key].scale * self.bands[key].to_numpy() for key in keys], count),
            _records(self.names, medians, count),
            _records(targets, self.probabilities["probability"].to_numpy(), count),
        )
        return [PointRow(*row) for row in zip(*parts, strict=True)]


def _records(heads: Sequence[str], columns: Sequence[Values] | Values, count: int) -> list[dict[str, float]]:
    """One record for each of `count` points, from a column [point] for each head."""
    return [dict(zip(heads, numbers, strict=True)) for numbers in np.array(columns).reshape(len(heads), count).T.tolist()]


def findings_of(draws: xr.Dataset) -> Findings:
    """Read the draws, one variable at a time, and sum them up."""
    with damage_is_a_fault(draws):
        related = statistics.rank_correlations(draws) if statistics.members_of(draws) is None else None
        summary, shares = statistics.bands(draws), statistics.probabilities(draws)
        return Findings(draws, summary, shares, related, reading_year(draws), headline_series(draws))
