"""The record of a sweep: its arrays, what decides their numbers, and what a reader must know to name and draw them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib import metadata
from typing import Any

import numpy as np
import xarray as xr

from sim.base import __version__
from sim.base.cache import engine_key
from sim.base.errors import Fault
from sim.base.text import Text
from sim.ensemble.blocks import Task
from sim.ensemble.draws import Draws
from sim.model.binding import NOISE
from sim.plan.probability import Conditions, conditions_of
from sim.plan.scorecard import column, score_row
from sim.result.dataset import modelled_series, published_series
from sim.result.draw_store import ArrayPlan, StorePlan
from sim.simulate.design import Design
from sim.simulate.draws import source_for
from sim.simulate.opening import Case
from sim.simulate.pipeline import Outcome, judge_of
from sim.simulate.sweeps.names import AskedTarget
from sim.simulate.sweeps.statistics import OPEN, SHARED

_DIGITS = 16
REALISATION, STORED_SET = SHARED
SHOCKS, PROJECTS = Text("年度冲击", "yearly shocks"), Text("项目台账的实现", "realisation of the project ledger")


def store_plan(outcome: Outcome, design: Design, task: Task, conditions: Conditions) -> StorePlan:
    """Return the plan of what is stored of each draw, and everything that decides it."""
    outputs, results = task.outputs, outcome.results
    dims = {name: ("year", *task.kernel.dims[name]) for name in outputs}
    published, case = _published(outcome), outcome.case
    told = {name: dict(results[name].attrs) | {"published": _json(published.get(name, {}))} for name in outputs}
    named = {name: _input(case, task.draws, name) for name in input_names(task.draws)}
    asked = [_target(outcome, conditions, name) for name in conditions.names]
    arrays = {name: ArrayPlan(dims[name], task.precision, np.nan, told[name]) for name in outputs}
    arrays["inputs"] = ArrayPlan(("input",), "float64", np.nan, {"named": _json(named)})
    told_of_met = {"asked": _json(asked), OPEN: _json(list(conditions.open))}
    arrays["met"] = ArrayPlan(("target",), "bool", False, told_of_met)
    arrays["lost"] = ArrayPlan((), "bool", False, {"long_name": "left out: not a finite number"})
    for name in shared_numbers(task.draws, 0, 1):
        arrays[name] = ArrayPlan((), "int32", -1, {"long_name": f"number of the {name} that a draw takes"})
    return StorePlan(
        identity=_identity(outcome, design, task, conditions),
        count=design.count,
        arrays=arrays,
        coordinates=_coordinates(outcome, task, conditions),
        attributes=_attributes(case, design) | {"outputs": _json(list(outputs))},
    )


def shared_numbers(draws: Draws, start: int, stop: int) -> dict[str, np.ndarray[Any, np.dtype[np.int32]]]:
    """Return what draws share with each other, by name: the numbers [draw] of their realisation and of their stored set."""
    found = {REALISATION: draws.realisations(start, stop), STORED_SET: draws.rows(start, stop)}
    return {name: numbers.astype(np.int32) for name, numbers in found.items() if numbers is not None}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _identity(outcome: Outcome, design: Design, task: Task, conditions: Conditions) -> dict[str, str]:
    scenario, outputs = outcome.case.scenario, task.outputs
    return {
        "scenario": scenario.key,
        "city": scenario.city,
        "inputs": outcome.provenance.digest[:_DIGITS],
        "method": str(design.method),
        "draws": str(design.count),
        "seed": str(design.seed),
        "rest": _rest(outcome.case, design),
        "sample": _sample_key(design)[:_DIGITS],
        "outputs": _hash(" ".join((*outputs, *conditions.names)))[:_DIGITS],
        "precision": task.precision,
        "simulator": __version__,
        "engine": engine_key()[:_DIGITS],
        "numpy": metadata.version("numpy"),
        "scipy": metadata.version("scipy"),
    }


def _rest(case: Case, design: Design) -> str:
    """Return what that is not swept is drawn from."""
    if design.rest == "central":
        return "nothing"
    found = source_for(case, design)
    return "priors" if found is None else "outdated" if isinstance(found, Fault) else "posterior"


def _sample_key(design: Design) -> str:
    """Return the fingerprint of the sample; where nothing is swept, of the method, the count and the seed."""
    if design.sample is not None:
        return design.sample.fingerprint
    return _hash(f"{design.method} {design.count} {design.seed}")


def _coordinates(outcome: Outcome, task: Task, conditions: Conditions) -> dict[str, Sequence[Any]]:
    dimensions = outcome.case.city.graph.dimensions
    used = dict.fromkeys(dim for name in task.outputs for dim in task.kernel.dims[name])
    return {
        "year": [int(year) for year in outcome.results["year"].values],
        **{dim: list(dimensions[dim].members) for dim in used},
        "input": input_names(task.draws),
        "target": list(conditions.names),
    }


def input_names(draws: Draws) -> list[str]:
    """Everything that differs from draw to draw and is one number: swept inputs first, then factors of parameters."""
    swept = () if draws.sample is None else draws.sample.keys
    return [*swept, *draws.factors(0, 1)]


def _attributes(case: Case, design: Design) -> dict[str, Any]:
    sample = design.sample
    return _about(case) | {
        "method": str(design.method),
        "seed": str(design.seed),
        "rest": _rest(case, design),
        "sample": _sample_key(design),
        "swept": 0 if sample is None else len(sample.inputs),
        "draws_per_point": 0 if sample is None else sample.members,
    }


def _about(case: Case) -> dict[str, Any]:
    """Return what a dataset says of its scenario and of the members of its dimensions."""
    return {
        "title": f"{case.scenario.key}: {case.scenario.name.en}",
        "title_zh": case.scenario.name.zh,
        "scenario": case.scenario.key,
        "base_year": case.city.data.settings.base_year,
        "members": _json(_member_names(case)),
        "has_shocks": int(_has_shocks(case)),
        "has_ledger": int(case.city.ledger.settings is not None),
    }


def _has_shocks(case: Case) -> bool:
    graph = case.city.graph
    return any(name.startswith(NOISE) for quantity in graph.quantities for name in graph.reads(quantity))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _input(case: Case, draws: Draws, key: str) -> dict[str, str]:
    """Name and unit of an input; what is not swept is a factor on the parameter's values."""
    swept = {} if draws.sample is None else {item.key: item for item in draws.sample.inputs}
    item = swept.get(key)
    if item is not None and item.role != "parameter":
        label = SHOCKS if item.role == "shocks" else PROJECTS
        return {"zh": label.zh, "en": label.en, "unit": ""}
    name, _, member = key.partition(".")
    record = case.city.data.parameters[name]
    label = record.label
    for dim in record.dims if member else ():
        if member in case.city.graph.dimensions[dim].members:
            of_member = case.city.labels.member(dim, member)
            label = label + Text(f"（{of_member.zh}）", f" ({of_member.en})")
    factor = item is None or item.relative
    return {"zh": label.zh, "en": label.en, "unit": "×" if factor else record.unit}


SCORECARD = ("plan_value", "projected", "gap", "gap_percent", "required_growth", "probability", "probability_error", "verdict")
"""Columns of the scorecard that a run's dataset holds along `target`."""


def run_dataset(outcome: Outcome) -> xr.Dataset:
    """A central run that names itself: every variable by year, and the scorecard along `target`."""
    case, results, published = outcome.case, outcome.results, _published(outcome)
    told = {name: results[name].assign_attrs(published=_json(published[name])) for name in published}
    dataset = results.assign(told).assign_coords(target=[score.target.id for score in outcome.scores])
    rows = [score_row(score, "en") for score in outcome.scores]
    scorecard = {name: ("target", column([row[name] for row in rows])) for name in SCORECARD}
    conditions = conditions_of(outcome.scores, judge_of(case, results))
    asked = [_target(outcome, conditions, score.target.id) for score in outcome.scores]
    dataset = dataset.assign(scorecard)
    dataset["verdict"].attrs["asked"] = _json(asked)
    table = f'.sim.table("{next(iter(results.data_vars))}")'
    return dataset.assign_attrs(**_about(case), as_table=table, first=_json(case.city.outline.first))


def _target(outcome: Outcome, conditions: Conditions, name: str) -> dict[str, Any]:
    """Return what a reader must know of a target, for `asked_targets`."""
    target = outcome.case.city.catalogue.targets[name]
    reading = conditions.readings.get(name)
    score = next(score for score in outcome.scores if score.target.id == name)
    is_level = reading is not None and reading.binding.reading == "level" and len(reading.outputs) == 1
    told = AskedTarget(
        id=name,
        zh=target.name.zh,
        en=target.name.en,
        unit=target.unit,
        year=target.year or 0,
        operator=target.operator,
        value=target.value,
        variable="" if reading is None else reading.outputs[0],
        level=target.value / reading.factor if reading is not None and is_level else None,
        since=target.start_year if score.each_year else None,
        central=score.projected,
    )
    return asdict(told)


def _member_names(case: Case) -> dict[str, dict[str, dict[str, str]]]:
    """Names of members by dimension."""
    names: dict[str, dict[str, dict[str, str]]] = {}
    for dim, item in case.city.graph.dimensions.items():
        texts = {member: case.city.labels.member(dim, member) for member in item.members}
        names[dim] = {member: {"zh": text.zh, "en": text.en} for member, text in texts.items()}
    return names


def _published(outcome: Outcome) -> dict[str, dict[str, float]]:
    """Published values by year of the variables that stand for one indicator as a whole, in the variable's unit."""
    city = outcome.case.city
    found: dict[str, dict[str, float]] = {}
    for check in city.checks:
        if check.reading != "value" or check.members:
            continue
        unit = modelled_series(outcome.results, check, city.data.key)[1]
        series = published_series(check, city.data.history, city.data.key)
        found[check.variable] = {str(year): datum.in_unit(unit) for year, datum in series.items()}
    return found
