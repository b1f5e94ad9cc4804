"""From a target back to its sentence, and on to what drives it: document, quote, variable, and the chain of its drivers.

Signs and elasticities are measured at the end of the chosen year, with the stocks that the run has then and with smoothed
values settled: one driver alone is raised by one per cent, everything else stays. They are direct effects, before any feedback.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sim.base.arrays import Values
from sim.base.errors import Fault, InputError, Place, UsageError
from sim.base.processes import timed
from sim.base.text import Text
from sim.base.words import fine
from sim.city.city import City
from sim.engine.links import Members, at_year_end, elasticity, link_sign, looked_at, readers_of
from sim.inputs.bindings import AnyBinding, Binding
from sim.inputs.printed import PlanDocument
from sim.inputs.targets import PlanTarget
from sim.plan.reading import DISTRICT, is_intensive, unit_of
from sim.plan.scorecard import Score
from sim.plan.selection import targets_named
from sim.simulate.opening import Case
from sim.simulate.pipeline import Outcome, run


@dataclass(frozen=True)
class Driver:
    """One name of the chain. `sign` and `elasticity` are those of its direct effect on what it drives; none for the root."""

    name: str
    label: Text
    kind: str
    unit: str
    value: str
    sign: int | None
    elasticity: float | None
    source: str
    drivers: tuple[Driver, ...]


@dataclass(frozen=True)
class Trace:
    """Everything behind a target."""

    target: PlanTarget
    document: PlanDocument
    binding: AnyBinding | None
    scenario: str
    year: int
    score: Score
    roots: tuple[Driver, ...]


_WEAKEST = 0.01
"""Elasticity below which a driver is not shown."""


def fail_if_document_changed(city: City, target: PlanTarget) -> PlanDocument:
    """The document of a target, whose text must be the one that the target was taken from.

    Raises
    ------
    InputError
        when it is not.
    """
    document = city.catalogue.documents[target.document]
    if document.is_changed:
        message = Text(
            f"文件已改动：指纹为 {document.found[:12]}……，录入目标时为 {document.recorded[:12]}……",
            f"the document has changed: its fingerprint is {document.found[:12]}..., it was {document.recorded[:12]}...",
        )
        advice = Text(
            "核对引文后，把 documents.yaml 中的 sha256 改为新的指纹",
            "check the sentences against it, then write the new fingerprint into documents.yaml",
        )
        raise InputError(Fault(message, Place(document.file), advice))
    return document


@timed
def trace(case: Case, name: str, year: int | None = None, depth: int = 4) -> Trace:
    """Run a scenario and follow a target back through its variables, as seen in a year, for some links.

    Raises
    ------
    SimError
        when there is no such target, its document has changed, the year lies outside the run, or the run fails.
    """
    city = case.city
    [target] = targets_named(city.catalogue.targets, [name])
    document = fail_if_document_changed(city, target)
    year = _year(case, target, year)
    outcome = run(case)
    score = next(item for item in outcome.scores if item.target.id == target.id)
    binding = city.catalogue.by_kind.of(target.id)
    roots = _Chain(outcome, year, target, depth).roots() if isinstance(binding, Binding) else ()
    return Trace(target, document, binding, case.scenario.key, year, score, roots)


def _year(case: Case, target: PlanTarget, asked: int | None) -> int:
    """The year asked for, else the target's where the run reaches it, else the last of the run."""
    first, last = case.base_year, case.last_year
    if asked is None:
        return target.year if target.year is not None and first < target.year <= last else last
    if not first < asked <= last:
        message = Text(f"年份 {asked} 超出 {first + 1}–{last}", f"the year {asked} lies outside {first + 1}–{last}")
        raise UsageError(Fault(message, Place(key="--year")))
    return asked


class _Chain:
    """Follows links back from a variable at the end of a year."""

    def __init__(self, outcome: Outcome, year: int, target: PlanTarget, depth: int) -> None:
        self._case, self._results, self._year, self._depth = outcome.case, outcome.results, year, depth
        self._graph, self._binding = outcome.case.city.graph, outcome.case.city.catalogue.bindings[target.id]
        names = self._graph.parameters
        self._parameters = {name: outcome.case.city.data.parameters[name] for name in names}
        self._members = self._places(self._binding.region or target.region)
        first = outcome.case.base_year + 1
        stocks = {name: self._at_end(name) for name in self._graph.stocks}
        self._state = at_year_end(self._graph, outcome.case.bound, first, year, stocks)

    def _at_end(self, name: str) -> Values:
        """A variable at the end of the year [dims..., 1]."""
        array = self._results[name].sel(year=self._year).transpose(*self._graph.dims_of(name))
        return np.asarray(array.to_numpy())[..., np.newaxis]

    def _places(self, region: str) -> Members:
        """The districts that the target is about; all of them for the city."""
        districts = self._graph.dimensions[DISTRICT].members if DISTRICT in self._graph.dimensions else ()
        chosen = self._case.city.data.settings.group_members.get(region, (region,))
        return {DISTRICT: tuple(districts.index(name) for name in chosen)} if set(chosen) <= set(districts) else {}

    def roots(self) -> tuple[Driver, ...]:
        """The variables that a target reads, with what drives them."""
        names = [self._binding.variable, *([self._binding.over] if self._binding.over else [])]
        return tuple(self._driver(name, None, self._depth, frozenset()) for name in names)

    def _driver(self, name: str, effect: str | None, depth: int, above: frozenset[str]) -> Driver:
        graph, record = self._graph, self._parameters.get(name)
        unit = unit_of(name, graph) if name in graph.quantities else graph.unit_of(name)
        kind = "stock" if name in graph.stocks else "variable"
        return Driver(
            name=name,
            label=self._case.city.labels.variables[name] if record is None else record.label,
            kind=kind if record is None else record.kind,
            unit=unit,
            value=self._value(name, unit),
            sign=None if effect is None else link_sign(graph, name, effect, self._state),
            elasticity=None if effect is None else elasticity(graph, name, effect, self._state, self._members),
            source="" if record is None else record.source,
            drivers=self._drivers(name, depth, above | {name}),
        )

    def _drivers(self, name: str, depth: int, above: frozenset[str]) -> tuple[Driver, ...]:
        """Return what moves a variable, strongest first; what is above it in the chain is not followed again."""
        if depth == 0 or name in self._parameters:
            return ()
        known = self._graph.quantities.keys() | self._parameters.keys()
        causes = sorted(item for item in readers_of(self._graph, name) if item in known and item not in above)
        found = [self._driver(cause, name, depth - 1, above) for cause in causes]
        kept = [item for item in found if item.sign and abs(item.elasticity or 0.0) >= _WEAKEST]
        return tuple(sorted(kept, key=lambda item: -abs(item.elasticity or 0.0)))

    def _value(self, name: str, unit: str) -> str:
        """The year's value: a sum over members, or their lowest and highest where they cannot be added."""
        dims = self._graph.dims_of(name)
        values = self._case.bound.value(name, self._year) if name in self._parameters else self._at_end(name)
        values = looked_at(values, dims, self._members)
        flat, cannot_be_added = np.ravel(values), is_intensive(unit.removesuffix("/a"))
        if cannot_be_added and flat.min() < flat.max():
            return f"{fine(float(flat.min()))} … {fine(float(flat.max()))}"
        return fine(float(flat[0] if cannot_be_added else flat.sum()))


def trace_record(found: Trace) -> Mapping[str, Any]:
    """Plain values for JSON, in both languages where they are words."""
    target, binding = found.target, found.binding
    return {
        "target": target.id,
        "name": asdict(target.name),
        "operator": target.operator,
        "value": target.value,
        "unit": target.unit,
        "start_year": target.start_year,
        "year": target.year,
        "row": str(target.place),
        "quote": target.quote,
        "entered": "by_hand" if target.by_hand else "as_quoted",
        "section": target.section,
        "document": {
            "file": found.document.file.name,
            "title": asdict(found.document.title),
            "year": found.document.year,
            "sha256": found.document.found,
        },
        "binding": None if binding is None else binding.model_dump(exclude_defaults=True, mode="json"),
        "scenario": found.scenario,
        "in_year": found.year,
        "verdict": found.score.verdict,
        "projected": found.score.projected,
        "drivers": [asdict(item) for item in found.roots],
    }
