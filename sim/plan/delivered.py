"""What the project ledger delivers for a target: a number per realisation, from the times of the works that count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.inputs.bindings import LedgerBinding
from sim.inputs.ledger import Ledger
from sim.inputs.targets import PlanTarget
from sim.ledger.edits import selected
from sim.ledger.flows import built_by
from sim.ledger.realise import Realised
from sim.ledger.works import Work

Values = NDArray[Any]
_CLASS = "class:"
Measure = Callable[[Sequence[int], LedgerBinding, float, float], Values]


@dataclass(frozen=True)
class Delivery:
    """What is needed to count: the realisations, the ledger, and the groups of districts."""

    realised: Realised
    ledger: Ledger
    groups: Mapping[str, tuple[str, ...]]

    def value(self, target: PlanTarget, binding: LedgerBinding) -> Values:
        """What is delivered in the years of the target, one number per realisation."""
        if target.year is None:
            raise AssertionError("a target without a year is not judged")
        rows = self._rows(binding)
        first = self.realised.plan.axes.years.start + 1 if target.start_year is None else target.start_year
        if binding.reading == "total":
            return self._count(rows, binding, first, target.year)
        years = [self._count(rows, binding, year, year) for year in range(first, target.year + 1)]
        worst = np.max if binding.operator(target.operator) == "<=" else np.min
        return np.asarray(worst(years, axis=0))

    def _named_ids(self, binding: LedgerBinding) -> frozenset[str]:
        return frozenset().union(*(selected(word, self.ledger) or frozenset() for word in binding.projects))

    def _asked_for(self, rows: Sequence[int], binding: LedgerBinding) -> int:
        """How many works a target means: those of the documents too that the scenario does not build, which are never done."""
        ids = self._named_ids(binding)
        absent = {work.id for work in self.realised.plan.whole if work.id in ids} - {work.id for work in self._named(rows)}
        return max(len(rows) + len(absent), 1)

    def _rows(self, binding: LedgerBinding) -> list[int]:
        """Numbers of the works that count."""
        works = self.realised.plan.works
        ids = self._named_ids(binding)
        classes = {word.removeprefix(_CLASS) for word in binding.projects if word.startswith(_CLASS)}
        place = binding.region or ""
        within = self.groups.get(place, (place,))
        counted = (row for row, work in enumerate(works) if work.id in ids or work.project_class.name in classes)
        return [row for row in counted if not place or works[row].region in within]

    def _count(self, rows: Sequence[int], binding: LedgerBinding, first: int, last: int) -> Values:
        """The measure over whole years from `first` to `last`."""
        measures: dict[str, Measure] = {
            "count": self._works,
            "field": self._field,
            "progress": self._progress,
            "remaining": self._remaining,
            "share": self._share,
        }
        return np.asarray(measures[binding.measure](rows, binding, float(first), last + 1.0), dtype=float)

    def _reached(self, rows: Sequence[int], binding: LedgerBinding, start: float, end: float) -> NDArray[np.bool_]:
        times = self._times(binding.stage)[list(rows)]
        return (times >= start) & (times < end)

    def _times(self, stage: str) -> Values:
        """When every work reaches a stage, infinite for never."""
        times = self.realised.times
        return {"signed": times.signed, "started": times.started, "built": times.built, "in_use": times.in_use}[stage]

    def _works(self, rows: Sequence[int], binding: LedgerBinding, start: float, end: float) -> Values:
        return np.asarray(self._reached(rows, binding, start, end).sum(axis=0))

    def _field(self, rows: Sequence[int], binding: LedgerBinding, _: float, end: float) -> Values:
        fields = np.array([work.field for work in self._named(rows)])[:, np.newaxis]
        return np.asarray((fields * self._reached(rows, binding, -np.inf, end)).sum(axis=0))

    def _progress(self, rows: Sequence[int], binding: LedgerBinding, start: float, end: float) -> Values:
        times = self.realised.times
        done = (built_by(times, end) - built_by(times, start))[list(rows)]
        return np.asarray(binding.size * done.sum(axis=0) / self._asked_for(rows, binding))

    def _remaining(self, rows: Sequence[int], binding: LedgerBinding, _: float, end: float) -> Values:
        return np.asarray(self._asked_for(rows, binding) - self._reached(rows, binding, -np.inf, end).sum(axis=0))

    def _share(self, rows: Sequence[int], binding: LedgerBinding, start: float, end: float) -> Values:
        reached = self._reached(rows, binding, start, end).sum(axis=0)
        return np.asarray(binding.size * reached / self._asked_for(rows, binding))

    def _named(self, rows: Sequence[int]) -> list[Work]:
        return [self.realised.plan.works[row] for row in rows]
