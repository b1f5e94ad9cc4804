"""Statistics of the draws of a sweep: bands, probabilities with their errors, rank correlations, the curves of its points.

Every function takes the dataset of draws, in memory or on disk, and reads one variable at a time, of a large one a few years.
Draws that became infinite or undefined are left out. Where points are listed (a grid or list), statistics are by `point`, those
of the draws at each. Of the points, the input of most values goes across, and the next one parts the curves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from scipy.stats import rankdata

from sim.base.arrays import Values
from sim.base.errors import Fault, UsageError
from sim.base.text import Text
from sim.ensemble.reducers import quantiles_of
from sim.ensemble.running import LEVELS
from sim.simulate.design import POINTWISE
from sim.simulate.sweeps.names import Named, named_inputs

SHARED = ("realisation", "parameter_set")
"""Arrays [draw] of what several draws share: their realisation of the ledger, their stored set of parameters."""
MOST_RANKED = 100_000
"""Draws whose ranks are correlated, the first of more: the error of a correlation is then a third of a per cent."""
MEDIAN = 0.5
_NUMBERS_AT_A_TIME = 1 << 22
_NUMBERS_READ = 1 << 25
"""Numbers that are read at once, at most, unless one year holds more: 256 MiB."""


def outputs_of(draws: xr.Dataset) -> list[str]:
    """Variables of the model among what was kept, those of targets first."""
    kept = [str(name) for name, array in draws.data_vars.items() if "year" in array.dims]
    order = json.loads(draws.attrs["outputs"]) if "outputs" in draws.attrs else kept
    return sorted(kept, key=order.index)


def single_series(draws: xr.Dataset) -> list[str]:
    """Variables that are one series, with no member to choose."""
    return [name for name in outputs_of(draws) if draws[name].size == draws.sizes["year"] * draws.sizes["draw"]]


def members_of(draws: xr.Dataset) -> int | None:
    """Draws at each point; None where the draws are one ensemble."""
    return max(int(draws.attrs["draws_per_point"]), 1) if draws.attrs["method"] in POINTWISE else None


def year_in(dataset: xr.Dataset, year: int) -> int:
    """The year, if the dataset has it.

    Raises
    ------
    UsageError
        when it has not.
    """
    years = [int(item) for item in dataset["year"].to_numpy()]
    if year not in years:
        span = f"{years[0]}–{years[-1]}"
        raise UsageError(Fault(Text(f"{year} 年不在 {span} 内", f"the year {year} lies outside {span}")))
    return year


def points_of(draws: xr.Dataset) -> xr.Dataset:
    """The values of the swept inputs at each point, as coordinates along `point`."""
    members, swept = members_of(draws) or 1, int(draws.attrs["swept"])
    values = draws["inputs"][:swept, ::members].to_numpy()
    names = [str(name) for name in draws["input"].to_numpy()[:swept]]
    return xr.Dataset(coords={name: ("point", row) for name, row in zip(names, values, strict=True)})


def bands(draws: xr.Dataset, levels: tuple[float, ...] = LEVELS) -> xr.Dataset:
    """Quantiles `NAME` (quantile, year, ...) of every output, with mean `NAME_mean` and standard deviation `NAME_sd`.

    Quantiles are exact, straight between order statistics; they do not depend on how the draws were run. Points that were run
    once have no spread, so the one number of each is given as its median, and nothing else.
    """
    lost, members, variables = draws["lost"].to_numpy(), members_of(draws), dict[str, Any]()
    levels = (MEDIAN,) if members == 1 else levels
    for name in outputs_of(draws):
        array = draws[name].transpose("year", ..., "draw")
        dims = tuple(str(dim) for dim in array.dims[:-1])
        attributes = {key: item for key, item in array.attrs.items() if key != "published"}
        parts = [_summed_up(values, lost, members or max(len(lost), 1), levels) for values in _few_years_at_a_time(array)]
        found = np.concatenate(parts, axis=1)  # [statistic, year, ..., point]
        dims, found = (dims, found[..., 0]) if members is None else ((*dims, "point"), found)
        variables[name] = (("quantile", *dims), found[:-2], attributes)
        if members != 1:
            variables |= {f"{name}_mean": (dims, found[-2], attributes), f"{name}_sd": (dims, found[-1], attributes)}
    coordinates = {str(name): item for name, item in draws.coords.items() if name not in {"input", "target"}}
    dataset = xr.Dataset(variables, coords={**coordinates, "quantile": list(levels)}, attrs=dict(draws.attrs))
    return dataset if members is None else dataset.merge(points_of(draws), combine_attrs="override")


def _few_years_at_a_time(array: xr.DataArray) -> Iterator[Values]:
    """Yield the values [year, ..., draw] of some years after those of others."""
    step = max(_NUMBERS_READ * array.sizes["year"] // max(array.size, 1), 1)
    return (array[start : start + step].to_numpy() for start in range(0, array.sizes["year"], step))


def _summed_up(values: Values, lost: Values, members: int, levels: tuple[float, ...]) -> Values:
    """Return quantiles at the levels, mean and standard deviation [statistic, ..., point] of [..., draw].

    A point of which every draw was lost has none.
    """
    by_point = values.reshape(*values.shape[:-1], -1, members)
    if not lost.any():
        return _statistics(by_point, levels)
    found = np.full((len(levels) + 2, *by_point.shape[:-1]), np.nan)
    for point, fine in enumerate(~lost.reshape(-1, members)):
        if fine.any():
            # In two steps: one index for both would lay the draws out otherwise, and their mean would round otherwise.
            found[..., point] = _statistics(by_point[..., point, :][..., fine], levels)
    return found


def _statistics(values: Values, levels: tuple[float, ...]) -> Values:
    """Return quantiles, mean and standard deviation over the last axis; the deviation of a single draw is zero."""
    rows = values.reshape(-1, values.shape[-1])
    step = max(_NUMBERS_AT_A_TIME // max(values.shape[-1], 1), 1)  # a few at a time, so that sorting needs little memory
    parts = [quantiles_of(rows[start : start + step], levels) for start in range(0, len(rows), step)]
    quantiles = np.concatenate(parts, axis=-1).reshape(len(levels), *values.shape[:-1])
    deviation = values.std(axis=-1, ddof=min(values.shape[-1] - 1, 1))
    return np.concatenate([quantiles, values.mean(axis=-1)[np.newaxis], deviation[np.newaxis]])


def probabilities(draws: xr.Dataset) -> xr.Dataset:
    """Share of the draws that meet each target, and all of them (`joint`), each with its Monte-Carlo error.

    Targets that published figures have decided do not count for `joint`, as in a run.

    The error is that of independent draws; draws that share a realisation of the ledger or a stored set of parameters are not,
    so the spread between those that do counts, if it is larger. Points of a Sobol sequence or Latin hypercube err by less. A
    point that was run once, at the central values, has no error (not a number): there is nothing by chance in it.
    """
    met, lost, members = draws["met"].to_numpy(), draws["lost"].to_numpy(), members_of(draws)
    rows = np.concatenate([met, _counted(draws, met).all(axis=0, keepdims=True)]) if len(met) else met
    p, error = _shares(rows & ~lost, lost, members or max(len(lost), 1), _shared_by(draws))
    if members is None:
        p, error = p[:, 0], error[:, 0]
    elif members == 1:
        error = np.full_like(error, np.nan)
    dims = ("target",) if members is None else ("target", "point")
    count = len(met)
    variables: dict[str, Any] = {"probability": (dims, p[:count]), "error": (dims, error[:count])}
    if count:
        variables |= {"joint": (dims[1:], p[count]), "joint_error": (dims[1:], error[count])}
    dataset = xr.Dataset(variables, coords={"target": draws["target"]}, attrs={"draws": int((~lost).sum())})
    return dataset if members is None else dataset.merge(points_of(draws), combine_attrs="override")


OPEN = "open"
"""Attribute of `met`: the targets that no published figure has decided."""


def _counted(draws: xr.Dataset, met: Values) -> Values:
    """The rows of the targets that count together; of a table that says nothing of it, all."""
    if OPEN not in draws["met"].attrs:
        return met
    names = set(json.loads(draws["met"].attrs[OPEN]))
    return met[[str(name) in names for name in draws["target"].to_numpy()]]


def _shared_by(draws: xr.Dataset) -> list[Values]:
    """Numbers [draw] of what draws share; a set of parameters that always meets one realisation is counted with that."""
    found = [draws[name].to_numpy() for name in SHARED if name in draws]
    if len(found) == len(SHARED):
        realisations, sets = found
        pairs = sets.astype(np.int64) * (int(realisations.max()) + 1) + realisations
        return [realisations] if len(np.unique(pairs)) == len(np.unique(sets)) else found
    return found


def _shares(met: Values, lost: Values, members: int, shared: list[Values]) -> tuple[Values, Values]:
    """Shares and their standard errors, each [row, point], of truth values [row, draw], by the rules of reducers.Share."""
    by_point = met.reshape(len(met), len(lost) // members, members)
    fine = ~lost.reshape(-1, members)
    count, yes = fine.sum(axis=1), by_point.sum(axis=2)
    share = np.divide(yes, count, out=np.full(yes.shape, np.nan), where=count > 0)
    smooth = (yes + 1) / (count + 2)
    error = np.sqrt(smooth * (1.0 - smooth) / (count + 2))
    for numbers in shared if members > 1 else ():
        error = np.fmax(error, _error_between(by_point, fine, share, numbers.reshape(-1, members)))
    return share, error


def _error_between(met: Values, fine: Values, share: Values, numbers: Values) -> Values:
    """Standard errors [row, point] by the spread between the draws that share a number; of fewer than two numbers zero."""
    groups, error = int(numbers.max()) + 1, np.zeros(share.shape)
    for point, (kept, of_point) in enumerate(zip(fine, numbers, strict=True)):
        used = np.bincount(of_point[kept], minlength=groups)
        there = used > 0
        if there.sum() > 1:
            counts = np.array([np.bincount(of_point[row], minlength=groups) for row in met[:, point]])
            spread = ((counts - share[:, point, np.newaxis] * used) ** 2)[:, there].sum(axis=1)
            error[:, point] = np.sqrt(there.sum() / (there.sum() - 1) * spread) / kept.sum()
    return error


def rank_correlations(draws: xr.Dataset) -> xr.Dataset:
    """Spearman's rank correlation of every input with every output by year: `NAME` (input, year, ...).

    What never differs has none (not a number). More than MOST_RANKED draws are represented by the first of them.
    """
    fine = ~draws["lost"].to_numpy()[:MOST_RANKED]
    inputs = _ranked(draws["inputs"][:, : len(fine)].to_numpy()[:, fine])
    variables: dict[str, Any] = {}
    for name in outputs_of(draws):
        array = draws[name].transpose("year", ..., "draw")[..., : len(fine)]
        found = [_correlated(inputs, values[..., fine]) for values in _few_years_at_a_time(array)]
        variables[name] = (("input", *array.dims[:-1]), np.concatenate(found, axis=1), dict(array.attrs))
    used = {str(name): item for name, item in draws.coords.items() if name != "target"}
    return xr.Dataset(variables, coords=used, attrs={**draws.attrs, "draws": int(fine.sum())})


def _correlated(ranked_inputs: Values, values: Values) -> Values:
    """Rank correlations [input, year, ...] of ranked inputs [input, draw] with values [year, ..., draw]."""
    ranked = _ranked(values.reshape(-1, values.shape[-1]))
    found: Values = (ranked_inputs @ ranked.T).reshape(len(ranked_inputs), *values.shape[:-1])
    return found


def _ranked(rows: Values) -> Values:
    """Ranks of each row, centred and of length one, so that products of rows are correlations; equal values share a rank."""
    ranks = rankdata(rows, axis=-1)
    ranks -= ranks.mean(axis=-1, keepdims=True)
    length = np.sqrt((ranks * ranks).sum(axis=-1, keepdims=True))
    unit: Values = np.divide(ranks, length, out=np.full_like(ranks, np.nan), where=length > 0.0)
    return unit


def spearman(x: Values, y: Values) -> float:
    """Rank correlation of two rows [draw]; zero where one of them never differs."""
    first, second = _ranked(np.array([x, y]))
    return float(np.nan_to_num(first @ second))


def correlations_between(draws: xr.Dataset, year: int) -> xr.DataArray:
    """Spearman's rank correlation of all outputs in a year with each other: (series, other)."""
    names, rows = list[str](), list[Values]()
    fine = ~draws["lost"].to_numpy()[:MOST_RANKED]
    for name in outputs_of(draws):
        array = draws[name].sel(year=year_in(draws, year)).transpose(..., "draw")[..., : len(fine)]
        for label, row in labelled(name, array):
            names.append(label)
            rows.append(row[fine])
    ranked = _ranked(np.array(rows))
    return xr.DataArray(
        ranked @ ranked.T, dims=("series", "other"), coords={"series": names, "other": names}, name="correlation"
    )


def labelled(name: str, array: xr.DataArray) -> Iterator[tuple[str, Values]]:
    """Each series [year, draw] of a variable, or [draw] of one year, with its members in brackets.

    Dimensions of one member are not named.
    """
    dims = [dim for dim in array.dims if dim not in {"year", "draw"}]
    array = array.transpose(*dims, ...)
    values, sizes = array.to_numpy(), array.shape[: len(dims)]
    for place in np.ndindex(*sizes):
        named = zip(dims, place, sizes, strict=True)
        members = [str(array[dim].to_numpy()[index]) for dim, index, size in named if size > 1]
        yield f"{name}[{', '.join(members)}]" if members else name, values[place]


MOST_CURVES, MOST_ALONG = 6, 200
NUMBER = Named("point", Text("点的序号", "number of the point"), "")


@dataclass(frozen=True)
class Curve:
    """Numbers of points in the order in which they are joined; `level` is the value that they share of the parting input."""

    points: Values
    level: float | None = None


@dataclass(frozen=True)
class Curves:
    """The input that goes across, and the place of each point on it; `held` are further inputs with the value that is shown."""

    across: Named
    places: Values
    curves: list[Curve]
    parted_by: Named | None = None
    held: tuple[tuple[Named, float], ...] = ()
    levels: int = 1
    """Values of the parting input, of which some may not be shown."""


def curves_of(draws: xr.Dataset) -> Curves:
    """The curves of some draws at single points, in the units that people read.

    Inputs of a grid beyond the second stay at the middle one of their values. The points of a list of several inputs have no
    order but their own, so they stand by their numbers.
    """
    named, points = named_inputs(draws), points_of(draws)
    values = {str(key): named[str(key)].scale * points[key].to_numpy() for key in points.coords}
    if not values or (draws.attrs["method"] == "list" and len(values) > 1):
        count = draws.sizes["draw"] // max(int(draws.attrs["draws_per_point"]), 1)
        return Curves(NUMBER, np.arange(1, count + 1), [Curve(_evenly(np.arange(count), MOST_ALONG))])
    across, *others = sorted(values, key=lambda key: -len(np.unique(values[key])))  # stable: the first of equals
    held = {key: _middle(values[key]) for key in others[1:]}
    shown = np.logical_and.reduce([np.ones_like(values[across], dtype=bool), *(values[key] == held[key] for key in held)])
    fixed = tuple((named[key], value) for key, value in held.items())
    if not others:
        return Curves(named[across], values[across], [_joined(values[across], shown)])
    parting = np.unique(values[others[0]])
    chosen = _evenly(parting, MOST_CURVES)
    curves = [_joined(values[across], shown & (values[others[0]] == level), float(level)) for level in chosen]
    return Curves(named[across], values[across], curves, named[others[0]], fixed, len(parting))


def _middle(values: Values) -> float:
    levels = np.unique(values)
    return float(levels[len(levels) // 2])


def _joined(places: Values, shown: Values, level: float | None = None) -> Curve:
    """The points that are shown, from left to right."""
    points = np.flatnonzero(shown)
    return Curve(_evenly(points[np.argsort(places[points], kind="stable")], MOST_ALONG), level)


def _evenly(values: Values, most: int) -> Values:
    """Some of many values, evenly spaced, with the first and the last."""
    return np.asarray(values[np.unique(np.linspace(0, len(values) - 1, min(len(values), most)).round().astype(int))])
