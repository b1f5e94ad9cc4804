"""Arrays: their type in annotations, and their named axes with named members, such as sector or age."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]
Numbers = NDArray[np.intp]
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Dimension:
    """A named axis. Members of `region` and `district` come from the city; all others are the model's.

    A finer dimension may stand within coarser ones; `parents` then names, for each of those, the coarser member of each of its
    members, empty where it has none.
    """

    name: str
    members: tuple[str, ...] = ()
    parents: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def within(self, coarse: str) -> tuple[str, ...] | None:
        """The members of the coarser dimension that its members stand in; None where it does not stand within it."""
        return dict(self.parents).get(coarse)

    def index(self, member: str) -> int:
        """Position of a member on the axis; ValueError when it has none of that name."""
        return self.members.index(member)
