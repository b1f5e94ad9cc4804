"""Orders of a scenario that cannot both be followed: a project cancelled and delayed, put off and brought forward.

An order for a group is no contradiction where something of the group is left to follow it: a hub may be late, and one road of
it cancelled. A later layer lifts an earlier order by saying so: `delay: {ID: 0}`, `restore: [ID]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sim.base.errors import Faults, Place
from sim.base.text import Text


@dataclass(frozen=True)
class Order:
    """One order: its key and word in the scenario, the projects it means, where it stands, and in which layer."""

    key: str
    word: str
    projects: frozenset[str]
    place: Place
    layer: int

    @property
    def said(self) -> str:
        """As the scenario has it."""
        return f"{self.key}: {self.word}"


_NAMES = {
    "delay": Text("推迟", "delayed"),
    "accelerate": Text("提前", "brought forward"),
    "priority": Text("排序", "ranked"),
    "use": Text("启用", "used"),
    "add": Text("新增", "added"),
    "cancel": Text("取消", "cancelled"),
    "restore": Text("恢复", "restored"),
}
_OF_ONE_LAYER = ("use", "add", "restore")
"""Orders that a later layer may cancel without a word: what a plan builds, a scenario drops."""


def fail_if_contradictory(orders: Sequence[Order], faults: Faults) -> None:
    """One fault for each pair of orders, at the later one, naming the place of the other."""
    for order, other in _pairs(orders):
        first, last = (order, other) if order.layer <= other.layer else (other, order)
        names = "、".join(sorted(order.projects & other.projects)), ", ".join(sorted(order.projects & other.projects))
        done = _NAMES[first.key], _NAMES[last.key]
        message = Text(
            f"{names[0]} 既{done[0].zh}（{first.said}，{first.place}）又{done[1].zh}（{last.said}）",
            f"{names[1]}: both {done[0].en} ({first.said}, {first.place}) and {done[1].en} ({last.said})",
        )
        faults.add(message, last.place, _lifting(first))


def _lifting(order: Order) -> Text:
    """What takes an order back."""
    if order.key in ("delay", "accelerate"):
        return Text(
            f"删去一处；后面的层要撤销前面的，写 {order.key}: {{{order.word}: 0}}",
            f"delete one of them; to lift the earlier one in a later layer write {order.key}: {{{order.word}: 0}}",
        )
    if order.key == "cancel":
        return Text(
            f"删去一处；后面的层要撤销前面的，写 restore: [{order.word}]",
            f"delete one of them; to lift the earlier one in a later layer write restore: [{order.word}]",
        )
    return Text("删去一处", "delete one of them")


def _pairs(orders: Sequence[Order]) -> Iterator[tuple[Order, Order]]:
    cancels = [order for order in orders if order.key == "cancel"]
    for order in (order for order in orders if order.projects and order.key != "cancel"):
        against = [item for item in cancels if order.key not in _OF_ONE_LAYER or item.layer == order.layer]
        if against and order.projects <= frozenset().union(*(item.projects for item in against)):
            yield order, next(item for item in against if item.projects & order.projects)
    for late in (order for order in orders if order.key == "delay"):
        for early in (order for order in orders if order.key == "accelerate" and order.projects == late.projects):
            yield late, early
