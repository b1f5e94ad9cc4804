"""Joint feasibility of targets from a table of draws: shares, lift of pairs, the smallest relaxation, the variance explained.

All functions take truth values [target, draw] or numbers [target, draw]; draws are equally likely.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.base.arrays import Numbers, Truths, Values
from sim.ensemble.reducers import Share
from sim.plan.rule import Rule

MOST_NODES = 200_000
_BINS, _DIGITS = 20, 4
_CLEAR = 2.0
"""Standard errors from which on the lift of a pair counts."""


def shares_of(met: Truths, groups: Numbers | None = None) -> list[Share]:
    """Return the share of draws of each row; `groups` names what each draw has in common with others."""
    if groups is None:
        return [Share(int(row.sum()), met.shape[1]) for row in met]
    size = int(groups.max(initial=0)) + 1
    counts = np.bincount(groups, minlength=size)
    used = counts > 0
    return [
        Share(int(row.sum()), met.shape[1], tuple(zip(_counted(groups[row], size)[used], counts[used].tolist(), strict=True)))
        for row in met
    ]


def _counted(groups: Numbers, size: int) -> Numbers:
    return np.bincount(groups, minlength=size)


def lift(met: Truths, groups: Numbers | None = None) -> tuple[Values, Values]:
    """Return P(A and B) / (P(A)·P(B)) for all pairs, and its standard error; not a number where a target is never met.

    Below one the two are in conflict, above one they support each other. The error is what chance would make of two targets
    that are independent, so that a pair which is hardly ever expected together proves nothing; where draws have something in
    common by groups, it is as much larger as that makes the error of a share.
    """
    count = met.shape[1]
    single = met.mean(axis=1)
    both = (met.astype(np.float64) @ met.T.astype(np.float64)) / count
    expected = np.outer(single, single)
    wider = np.array([share.standard_error / share.plain_error for share in shares_of(met, groups)])
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.maximum.outer(wider, wider) * np.sqrt(expected * (1.0 - expected) / count) / expected
        return np.where(expected > 0.0, both / expected, np.nan), np.where(expected > 0.0, error, np.nan)


def is_clear(ratio: Values, error: Values) -> Truths:
    """Return the pairs that are in conflict or in support beyond what chance would make of independent targets."""
    return np.isfinite(ratio) & (np.abs(ratio - 1.0) > _CLEAR * error)


@dataclass(frozen=True)
class Relaxation:
    """Targets to let go of so that the others are met together with a probability of `joint`.

    `exact`: no smaller set would do, and no other of the size does better; else the search was ended and the set is a good one.
    """

    targets: tuple[int, ...]
    joint: float
    exact: bool


def smallest_relaxation(met: Truths, required: float, most_nodes: int = MOST_NODES) -> Relaxation:
    """Return the smallest set of targets without which the others are met together in at least the required share of draws.

    Sets of one size after the other are searched by branch and bound on the patterns of what draws miss: a branch ends when
    even all draws that miss no more than the set could still take in would not be enough.
    """
    patterns, counts = np.unique(~met.T, axis=0, return_counts=True)
    search = _Search(patterns, counts, required * met.shape[1], most_nodes)
    missed = patterns.sum(axis=1)
    for size in range(met.shape[0] + 1):
        if counts[missed <= size].sum() >= search.enough:
            best = search.best_of(size)
            if best is not None:
                return Relaxation(best[0], best[1] / met.shape[1], exact=not search.ended)
            if search.ended:
                break
    chosen = _greedy(~met, required)
    return Relaxation(chosen, _joint_without(met, chosen), exact=False)


class _Search:
    """Branch and bound over sets of one size."""

    def __init__(self, patterns: Truths, counts: Values, enough: float, most_nodes: int) -> None:
        order = np.argsort(-(patterns * counts[:, np.newaxis]).sum(axis=0), kind="stable")
        self._patterns, self._counts, self._order = patterns[:, order], counts, order
        self.enough, self._nodes, self._most = enough, 0, most_nodes

    @property
    def ended(self) -> bool:
        """True once the search was given up."""
        return self._nodes >= self._most

    def best_of(self, size: int) -> tuple[tuple[int, ...], int] | None:
        """Return the set of a size that leaves most draws with everything met, if that is enough."""
        self._best: tuple[tuple[int, ...], int] | None = None
        self._visit(0, (), self._patterns.sum(axis=1), size)
        if self._best is None:
            return None
        chosen = tuple(sorted(int(self._order[place]) for place in self._best[0]))
        return chosen, self._best[1]

    def _visit(self, place: int, chosen: tuple[int, ...], left: Values, size: int) -> None:
        """`left`: how many misses of each pattern are not in the set yet; what was passed by can no longer be taken in."""
        self._nodes += 1
        if self.ended:
            return
        room = size - len(chosen)
        reachable = int(self._counts[left <= room].sum())
        floor = self.enough if self._best is None else self._best[1] + 1
        if reachable < floor:
            return
        if room == 0 or place == self._patterns.shape[1]:
            done = int(self._counts[left <= 0].sum())
            if done >= floor and room == 0:
                self._best = (chosen, done)
            return
        column = self._patterns[:, place]
        self._visit(place + 1, (*chosen, place), left - column, size)
        self._visit(place + 1, chosen, np.where(column, self._patterns.shape[1] + 1, left), size)


def _greedy(missed: Truths, required: float) -> tuple[int, ...]:
    """Let go of the target whose absence helps most, one after the other."""
    chosen: list[int] = []
    while _joint_without(~missed, chosen) < required:
        rest = [target for target in range(missed.shape[0]) if target not in chosen]
        chosen.append(max(rest, key=lambda target: (_joint_without(~missed, [*chosen, target]), missed[target].sum())))
    return tuple(sorted(chosen))


def _joint_without(met: Truths, left_out: Sequence[int]) -> float:
    kept = np.delete(met, list(left_out), axis=0)
    return float(kept.all(axis=0).mean()) if len(kept) else 1.0


def relaxed_rules(
    values: Values, rules: Sequence[Rule], met: Truths, relaxed: Sequence[int], required: float, published: Values
) -> list[Rule]:
    """Return rules of the relaxed targets, no looser than it takes, with which all are met in the required share of draws.

    Each is met by the same quantile of its target among the draws that meet the others; its number is rounded outward to four
    digits, is never tighter than it was, and never looser than what is `published` [target] (not a number where nothing is).
    """
    rest = np.delete(met, list(relaxed), axis=0).all(axis=0)
    rows = [(rules[place], values[place], float(published[place])) for place in relaxed]

    def at(depth: float) -> list[Rule]:
        return [_relaxed(rule, row[rest], depth, known) for rule, row, known in rows]

    found, low, high = at(0.0), 0.0, 1.0
    for _ in range(40):
        depth = 0.5 * (low + high)
        now = at(depth)
        kept = [rule.met(row) for rule, (_, row, _) in zip(now, rows, strict=True)]
        if (rest & np.all(kept, axis=0)).mean() >= required:
            found, low = now, depth
        else:
            high = depth
    return found


def _relaxed(rule: Rule, values: Values, depth: float, published: float) -> Rule:
    """Return the rule with the number that a quantile of the values just meets."""
    sign = -1.0 if rule.below else 1.0
    limit = sign * float(np.quantile(sign * values, depth, method="lower"))
    number = _rounded_down(np.array(sign * rule.value_met_by(limit)))
    outward = min(float(number), sign * rule.value)
    known = sign * published
    return replace(rule, value=sign * (outward if np.isnan(known) else min(max(outward, known), sign * rule.value)))


def _rounded_down(values: Values) -> Values:
    """Round to four digits, never upward."""
    size = np.where(values == 0.0, 1.0, np.abs(values))
    unit = 10.0 ** (np.floor(np.log10(size)) - (_DIGITS - 1))
    return np.asarray(np.floor(values / unit + 1e-9) * unit)


@dataclass(frozen=True)
class ExplainedVariance:
    """Part of the spread of each target that goes with each input [target, input]; not what knowing the input would be worth.

    `share` is the part of the variance of met-or-not that the input explains by itself; `low` and `high` are the shares
    that meet the target in the lowest and the highest third of the input.
    """

    share: Values
    low: Values
    high: Values


def explained_variance(met: Truths, inputs: Values, bins: int = _BINS) -> ExplainedVariance:
    """Return the correlation ratio of met-or-not on each input [input, draw], in bins of equal counts, less chance.

    Draws that share a value, as those of a stored ensemble do, count once for what chance would explain.
    """
    count, shape = met.shape[1], (met.shape[0], inputs.shape[0])
    truth, explained, low, high = met.astype(np.float64), np.zeros(shape), np.zeros(shape), np.zeros(shape)
    spread = truth.var(axis=1)
    for place, column in enumerate(inputs):
        order, distinct = np.argsort(column, kind="stable"), len(np.unique(column))
        chance = (bins - 1) / max(distinct - 1, bins)
        parts = np.array_split(order, bins)
        means = np.array([truth[:, part].mean(axis=1) for part in parts])
        sizes = np.array([len(part) for part in parts])[:, np.newaxis]
        between = (sizes * (means - truth.mean(axis=1)) ** 2).sum(axis=0) / count
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(spread > 0.0, between / spread, 0.0)
        explained[:, place] = np.clip((ratio - chance) / (1.0 - chance), 0.0, 1.0)
        third = max(count // 3, 1)
        low[:, place], high[:, place] = truth[:, order[:third]].mean(axis=1), truth[:, order[-third:]].mean(axis=1)
    return ExplainedVariance(explained, low, high)
