"""What one person has moved: never shared, with a way back for each step."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.explore.bench import Bench

_MOST_STEPS = 200


@dataclass
class State:
    """The scenario on the bench, the levers that are moved, the year since when they are, and what was before."""

    bench: Bench
    moves: dict[str, float] = field(default_factory=dict)
    since: int = 0
    _before: list[tuple[Bench, dict[str, float], int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.since = self.since or self.bench.first_year

    def move(self, key: str, value: float) -> None:
        """Move a lever from where the scenario has it."""
        if self.moves.get(key) != value:
            self._remember()
            self.moves = {**self.moves, key: value}

    def act_from(self, year: int) -> None:
        """Another year from which on all moves act."""
        if year != self.since:
            self._remember()
            self.since = year

    def reset(self) -> None:
        """All levers as the scenario has them."""
        if self.moves:
            self._remember()
            self.moves = {}

    def replace(self, bench: Bench) -> None:
        """Another scenario, with nothing moved."""
        self._remember()
        self.bench, self.moves, self.since = bench, {}, bench.first_year

    def undo(self) -> None:
        """One step back; at the beginning nothing happens."""
        if self._before:
            self.bench, self.moves, self.since = self._before.pop()

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to go back."""
        return bool(self._before)

    def _remember(self) -> None:
        self._before.append((self.bench, self.moves, self.since))
        del self._before[:-_MOST_STEPS]
