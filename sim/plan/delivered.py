"""Deliveries of the project ledger for a target: a number per realisation, from the times of the works that count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.base.arrays import Values
from sim.inputs.bindings import LedgerBinding
from sim.inputs.ledger import Ledger
from sim.inputs.targets import PlanTarget
from sim.ledger.edits import selected
from sim.ledger.flows import built_by
from sim.ledger.realise import Realised

_CLASS = "class:"


@dataclass(frozen=True)
class Delivery:
    """Everything that is needed to count: the realisations, the ledger, and the groups of districts."""

    realised: Realised
    ledger: Ledger
    groups: Mapping[str, tuple[str, ...]]

    def value(self, target: PlanTarget, binding: LedgerBinding) -> Values:
        """Return what is delivered in the years of the target, one number per realisation."""
        if target.year is None:
            raise AssertionError("a target without a year is not judged")
        rows = self._rows(binding)
        first = self.realised.plan.axes.years.start + 1 if target.start_year is None else target.start_year
        if binding.reading == "total":
            return self._measure(rows, binding, first, target.year)
        years = [self._measure(rows, binding, year, year) for year in range(first, target.year + 1)]
        worst = np.max if binding.operator(target.operator) == "<=" else np.min
        return np.asarray(worst(years, axis=0))

    def _named_ids(self, binding: LedgerBinding) -> frozenset[str]:
        return frozenset().union(*(selected(word, self.ledger) or frozenset() for word in binding.projects))

    def _rows(self, binding: LedgerBinding) -> list[int]:
        """Return the numbers of the works that count."""
        works, ids, region = self.realised.plan.works, self._named_ids(binding), binding.region or ""
        classes = {word.removeprefix(_CLASS) for word in binding.projects if word.startswith(_CLASS)}
        within = self.groups.get(region, (region,))
        counted = (row for row, work in enumerate(works) if work.id in ids or work.project_class.name in classes)
        return [row for row in counted if not region or works[row].region in within]

    def _wanted(self, rows: Sequence[int], binding: LedgerBinding) -> int:
        """Return how many works a target means, also those that the scenario does not build, which are never done."""
        plan, ids = self.realised.plan, self._named_ids(binding)
        absent = {work.id for work in plan.whole if work.id in ids} - {plan.works[row].id for row in rows}
        return max(len(rows) + len(absent), 1)

    def _measure(self, rows: Sequence[int], binding: LedgerBinding, first: int, last: int) -> Values:
        """Return the measure over whole years from `first` to `last`."""
        times, start, end = self.realised.times, float(first), last + 1.0
        at: Values = getattr(times, binding.stage)[list(rows)]  # infinite for never
        in_span = (at >= start) & (at < end)
        match binding.measure:
            case "count":
                found = in_span.sum(axis=0)
            case "field":
                fields = np.array([self.realised.plan.works[row].field for row in rows])[:, np.newaxis]
                found = (fields * (at < end)).sum(axis=0)
            case "progress":
                done = (built_by(times, end) - built_by(times, start))[list(rows)]
                found = binding.size * done.sum(axis=0) / self._wanted(rows, binding)
            case "remaining":
                found = self._wanted(rows, binding) - (at < end).sum(axis=0)
            case "share":
                found = binding.size * in_span.sum(axis=0) / self._wanted(rows, binding)
        return np.asarray(found, dtype=float)
