"""Dimensions: named axes with named members, such as sector or age."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Dimension:
    """A named axis. Members of `region` come from the city; all others are the model's."""

    name: str
    members: tuple[str, ...] = ()

    def index(self, member: str) -> int:
        """Position of a member on the axis; ValueError when it has none of that name."""
        return self.members.index(member)
