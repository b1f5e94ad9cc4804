"""Which unknown matters, for which indicator, in which year: screening by Morris, then Sobol indices with intervals."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sim.base.errors import Fault, InputError, Place, RunError, UsageError, nearest
from sim.base.text import Text
from sim.ensemble.designs import Morris, Saltelli
from sim.ensemble.draws import Sample
from sim.ensemble.indices import TooFewLeftError, morris_effects, sobol_indices
from sim.result.draw_store import damage_is_a_fault
from sim.simulate.sampling.sensitivity import Unknown
from sim.simulate.sweeps.names import left_out_of, named_series
from sim.simulate.sweeps.statistics import labelled, outputs_of, single_series

Values = NDArray[Any]
USUAL_RESAMPLES, USUAL_KEPT = 200, 20
_KEPT = ("title", "title_zh", "scenario", "members", "left_out", "left_out_zh")


@dataclass(frozen=True)
class Series:
    """One output as it is analysed: its name with members in brackets, and its values [year, row]."""

    name: str
    values: Values


def series_of(draws: xr.Dataset, names: Sequence[str] = ()) -> tuple[list[int], list[Series]]:
    """The years after the base year, and the series that are analysed: those named, or all variables that are one series.

    A name is that of a variable, or of one of its members as in `value_added_nominal[manufacturing]`.

    Raises
    ------
    UsageError
        with every name that was not kept.
    """
    base_year = int(draws.attrs["base_year"])
    years = [int(year) for year in draws["year"].to_numpy() if year > base_year]
    later = draws.sel(year=years)
    variables = _variables(draws, names or single_series(draws))
    found = {label: row for name in variables for label, row in labelled(name, later[name])}
    wanted = [label for label in found if not names or label in names or label.partition("[")[0] in names]
    unknown = [name for name in names if not any(name in {label, label.partition("[")[0]} for label in found)]
    if unknown:
        known = [*found, *outputs_of(draws)]
        messages = {name: Text(f"没有保留 {name}", f"{name} was not kept") for name in unknown}
        raise UsageError(Fault(messages[name], Place(key="outputs"), nearest(name, known)) for name in unknown)
    return years, [Series(label, found[label]) for label in wanted]


def _variables(draws: xr.Dataset, names: Sequence[str]) -> list[str]:
    """The variables that some names speak of, each once."""
    asked = dict.fromkeys(name.partition("[")[0] for name in names)
    return [name for name in asked if name in outputs_of(draws)]


def fail_if_other_sample(draws: xr.Dataset, sample: Sample) -> None:
    """Outputs of another sample say nothing of this one.

    Raises
    ------
    InputError
        when the fingerprints differ, or rows are missing or out of order.
    """
    have = str(draws.attrs.get("sample", ""))
    if have != sample.fingerprint:
        message = Text(
            f"这些结果属于另一个样本（{have[:8]}），不是 {sample.fingerprint[:8]}",
            f"these outputs belong to another sample ({have[:8]}), not to {sample.fingerprint[:8]}",
        )
        raise InputError(Fault(message, Place(key="sample"), Text("请用同一样本重新运行", "run the model on this very sample")))
    if not _has_the_rows(draws, sample):
        message = Text("抽样不全或次序已变", "draws of the sample are missing or out of order")
        raise InputError(Fault(message, Place(key="sample"), Text("请用全部抽样", "use all the draws as they were given")))


def _has_the_rows(draws: xr.Dataset, sample: Sample) -> bool:
    """Whether all draws are there, in the order of the design."""
    if draws.sizes["draw"] != sample.count:
        return False
    inputs = draws["inputs"][: len(sample.inputs)].to_numpy()
    return np.array_equal(inputs, sample.columns(0, sample.count))


def sobol_dataset(
    draws: xr.Dataset, sample: Sample, names: Sequence[str] = (), resamples: int = USUAL_RESAMPLES, seed: int = 0
) -> xr.Dataset:
    """First-order and total indices (input, output, year) with half-widths of their 95 % intervals.

    Raises
    ------
    InputError
        when the draws belong to another sample.
    RunError
        when so many draws were lost that nothing can be said.
    """
    if not isinstance(sample.design, Saltelli):
        raise InputError(Fault(Text("这个样本不是 Saltelli 设计", "this sample is no Saltelli design")))
    years, series, outputs, lost = _read(draws, sample, names)
    with _too_few_is_a_fault(draws):
        found = sobol_indices(outputs, len(sample.inputs), lost, resamples, seed)
    arrays = {"first": found.first, "first_error": found.first_error, "total": found.total, "total_error": found.total_error}
    attributes = {"kind": "sobol", "base_points": found.points, "base_points_lost": found.base - found.points}
    return _dataset(draws, sample, years, series, arrays, {**attributes, "resamples": resamples})


def morris_dataset(draws: xr.Dataset, sample: Sample, names: Sequence[str] = ()) -> xr.Dataset:
    """Elementary effects (input, output, year): mean `effect`, mean size `size`, standard deviation `deviation`.

    They are changes of the output, in its unit, over the whole range of the input.

    Raises
    ------
    InputError
        when the draws belong to another sample.
    RunError
        when so many draws were lost that nothing can be said.
    """
    if not isinstance(sample.design, Morris):
        raise InputError(Fault(Text("这个样本不是 Morris 设计", "this sample is no Morris design")))
    years, series, outputs, lost = _read(draws, sample, names)
    with _too_few_is_a_fault(draws):
        found = morris_effects(outputs, sample.design.unit(0, sample.count), lost)
    arrays = {"effect": found.mean, "size": found.size, "deviation": found.deviation}
    attributes = {"kind": "morris", "trajectories": found.walks, "trajectories_lost": found.trajectories - found.walks}
    return _dataset(draws, sample, years, series, arrays, attributes)


def _read(draws: xr.Dataset, sample: Sample, names: Sequence[str]) -> tuple[list[int], list[Series], Values, Values]:
    """Years and series, all of them as [output, row], and which rows were lost, if the draws belong to the sample."""
    fail_if_other_sample(draws, sample)
    with damage_is_a_fault(draws):
        years, series = series_of(draws, names)
        return years, series, np.concatenate([item.values for item in series], axis=0), draws["lost"].to_numpy()


def _dataset(
    draws: xr.Dataset,
    sample: Sample,
    years: list[int],
    series: Sequence[Series],
    arrays: dict[str, Values],
    attributes: dict[str, Any],
) -> xr.Dataset:
    dims = ("input", "output", "year")
    shaped = {name: (dims, array.reshape(len(sample.inputs), len(series), len(years))) for name, array in arrays.items()}
    coordinates = {"input": list(sample.keys), "output": [item.name for item in series], "year": years}
    dataset = xr.Dataset(shaped, coords=coordinates)
    kept = {name: draws.attrs[name] for name in _KEPT if name in draws.attrs}
    dataset["input"].attrs["named"] = draws["inputs"].attrs["named"]
    dataset["output"].attrs["named"] = _names_of_outputs(draws, series)
    return dataset.assign_attrs(**kept, **attributes, draws=sample.count, sample=sample.fingerprint)


def _names_of_outputs(draws: xr.Dataset, series: Sequence[Series]) -> str:
    """Names and units of the series, as JSON."""
    named = [named_series(draws, item.name) for item in series]
    units = [str(draws[item.name.partition("[")[0]].attrs.get("units", "")) for item in series]
    pairs = zip(named, units, strict=True)
    told = {item.key: {"zh": item.label.zh, "en": item.label.en, "unit": unit} for item, unit in pairs}
    return json.dumps(told, ensure_ascii=False)


@contextmanager
def _too_few_is_a_fault(draws: xr.Dataset) -> Iterator[None]:
    """Draws of which too many were lost are a fault that names them."""
    try:
        yield
    except TooFewLeftError as error:
        lost = int(draws["lost"].sum())
        message = Text(f"{lost} 次抽样无效，余下的不足以分析", f"{lost} draws were lost; what is left is too little to analyse")
        advice = Text("请缩小参数的范围", "narrow the ranges of the parameters")
        raise RunError(Fault(message + Text("：", ": ") + left_out_of(draws), Place(), advice)) from error


def most_influential(screened: xr.Dataset, unknowns: Sequence[Unknown], kept: int) -> tuple[Unknown, ...]:
    """The unknowns that move some output of some year most, beside what moves it most of all."""
    size = screened["size"].to_numpy()
    largest = size.max(axis=0)
    weight = np.divide(size, largest, out=np.zeros_like(size), where=largest > 0.0).max(axis=(1, 2))
    chosen = sorted(np.argsort(-weight, kind="stable")[:kept])
    return tuple(unknowns[place] for place in chosen)
