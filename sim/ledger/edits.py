"""The changes of a scenario to the ledger, layer by layer: what is used, late, early, cancelled, added, or comes first.

A word means an id, an umbrella with its parts, a programme, or a property such as kind:urban. Orders that cannot both be
followed are faults; an order for a group is none where something of the group is left to follow it: a hub may be late, and one
road of it cancelled. A later layer lifts an earlier order by saying so: `delay: {ID: 0}`, `restore: [ID]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text, listing
from sim.inputs.ledger import Amount, Ledger, LedgerFile, Project
from sim.inputs.ledger_table import fail_if_row_wrong
from sim.inputs.scenario_file import AddedProject, LedgerChange
from sim.ledger.works import Work, work_of

LONGEST_DELAY = 15.0


@dataclass(frozen=True)
class Order:
    """One order: its key and word in the scenario, the projects it means, where it stands, and in which layer."""

    key: str
    word: str
    projects: frozenset[str]
    place: Place
    layer: int
    size: float = 0.0
    """Years that it makes its projects later, or their place in line."""

    @property
    def id(self) -> str:
        """A name that a later layer replaces; orders that stand in their own layer only are replaced by none."""
        return f"{self.key} {self.word} {self.layer if self.key in (*_OF_ONE_LAYER, 'cancel') else ''}"

    @property
    def said(self) -> str:
        """As the scenario has it."""
        return f"{self.key}: {self.word}"


@dataclass
class Edits:
    """The layers together. Delays of one project by several words add up; a word in a later layer replaces its earlier self."""

    use: frozenset[str] = frozenset()
    orders: dict[str, Order] = field(default_factory=dict)
    added: dict[str, Project] = field(default_factory=dict)

    def of(self, *keys: str, project: str | None = None) -> list[Order]:
        """Return the orders of some keys, all of them or those that mean a project."""
        found = [order for order in self.orders.values() if order.key in keys]
        return found if project is None else [order for order in found if project in order.projects]

    @property
    def cancelled(self) -> frozenset[str]:
        """Projects that are not built, whatever is used."""
        return _projects(self.of("cancel"))

    @property
    def changes_any(self) -> bool:
        """True where something is delayed, brought forward, ranked or cancelled."""
        return bool(self.cancelled or self.of(*_SHIFTS, "priority"))

    def delay(self, project: str) -> float:
        """Years by which a project is later than the documents have it."""
        return sum(order.size for order in self.of(*_SHIFTS, project=project))

    def priority(self, project: str) -> int | None:
        """Its place in line, where one is stated; the most urgent of several."""
        return min((int(order.size) for order in self.of("priority", project=project)), default=None)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is built."""
        return not self.use and not self.added


def _projects(orders: Iterable[Order]) -> frozenset[str]:
    return frozenset().union(*(order.projects for order in orders))


def edits_of(changes: Iterable[LedgerChange], ledger: Ledger, faults: Faults) -> Edits:
    """Read the sections of a scenario's layers against the ledger; faults are added."""
    layers, edits = tuple(changes), Edits()
    for change in layers:
        for name, raw in change.section.add.items():
            edits.added[name] = _added(name, raw, ledger, change.place("add", name), faults)
    whole = replace(ledger, projects={**ledger.projects, **edits.added})
    for layer, change in enumerate(layers):
        _apply(change, layer, whole, edits, faults)
    fail_if_contradictory(list(edits.orders.values()), faults)
    _fail_if_too_late(edits, faults)
    return edits


def _fail_if_too_late(edits: Edits, faults: Faults) -> None:
    """Words that add up to more than any of them may say; the first project that is hit stands for all of them."""
    if any(abs(order.size) > LONGEST_DELAY for order in edits.of(*_SHIFTS)):
        return  # said already, of the word itself
    built = sorted((edits.use | edits.added.keys()) - edits.cancelled)
    hit = next((project for project in built if abs(edits.delay(project)) > LONGEST_DELAY + _CLOSE), None)
    if hit is not None:
        years = f"{abs(edits.delay(hit)):g}"
        message = Text(
            f"{hit} 的延期或提前相加为 {years} 年，超过 {LONGEST_DELAY:g} 年",
            f"{hit}: delays and accelerations add up to {years} years, more than {LONGEST_DELAY:g}",
        )
        faults.add(message, edits.of(*_SHIFTS, project=hit)[-1].place)


_CLOSE = 1e-9


def _apply(change: LedgerChange, layer: int, ledger: Ledger, edits: Edits, faults: Faults) -> None:
    section = change.section

    def order(key: str, word: str, at: str | int, size: float = 0.0) -> Order:
        place = change.place(key, at)
        made = Order(key, word, selected_or_fault(word, ledger, place, faults), place, layer, size)
        edits.orders[made.id] = made
        return made

    if section.use is not None:
        edits.use = _projects([order("use", word, index) for index, word in enumerate(section.use)])
    for name in section.add:
        order("add", name, name)
    again = _projects([order("restore", word, index) for index, word in enumerate(section.restore)])
    for earlier in edits.of("cancel"):
        edits.orders[earlier.id] = replace(earlier, projects=earlier.projects - again)
    for index, word in enumerate(section.cancel):
        order("cancel", word, index)
    for part, sign in _SHIFTS.items():
        for word, years in getattr(section, part).items():
            made = order(part, word, word, sign * years)
            if not 0.0 <= years <= LONGEST_DELAY:
                message = Text(f"{part} 须在 0–{LONGEST_DELAY:g} 年之间", f"{part} must lie in 0 to {LONGEST_DELAY:g} years")
                faults.add(message, made.place)
    for word, rank in section.priority.items():
        order("priority", word, word, rank)


def _added(name: str, raw: AddedProject, ledger: Ledger, place: Place, faults: Faults) -> Project:
    """A row like those of ledger.csv, checked in the same way."""
    if name in ledger.projects:
        message = Text(f"台账中已有 {name}", f"the ledger holds {name} already")
        faults.add(message, place, Text("换一个编号", "choose another id"))
    amount = None if raw.amount is None else Amount(raw.amount, 1.0, "A", "scenario")
    same = raw.model_dump(include={"funder", "project_class", "region", "branch", "kind", "start", "end"})
    row = Project(id=name, name=raw.label, nature="capital", amount=amount, place=place, **same)
    fail_if_row_wrong(row, ledger.classes, ledger.names, faults)
    return row


def named_works(ledger: Ledger, edits: Edits, base_year: int, settings: LedgerFile) -> list[Work]:
    """The works of all projects that a scenario builds, in the order of the ledger."""
    works: list[Work] = []
    rows = [*ledger.spending, *edits.added.values()]
    for place, project in enumerate(rows):
        if project.id in edits.cancelled or not (project.id in edits.use or project.id in edits.added):
            continue
        work = work_of(project, ledger.classes[project.project_class], place, base_year, settings)
        if work is not None:
            priority, delay = edits.priority(work.id), edits.delay(work.id)
            work = work if priority is None else replace(work, priority=priority)
            works.append(work.later(delay, base_year + 1.0) if delay else work)
    return works


def finished_before(edits: Edits, named: Iterable[Work]) -> int:
    """Count the projects that a scenario uses and that were finished by the end of the base year, and so are no works."""
    return len(edits.use - edits.cancelled - {work.id for work in named})


_NAMES = {
    "delay": Text("推迟", "delayed"),
    "accelerate": Text("提前", "brought forward"),
    "priority": Text("排序", "ranked"),
    "use": Text("启用", "used"),
    "add": Text("新增", "added"),
    "cancel": Text("取消", "cancelled"),
    "restore": Text("恢复", "restored"),
}
_SHIFTS = {"delay": 1.0, "accelerate": -1.0}
"""Orders that move projects in time, and the sign of their years."""
_OF_ONE_LAYER = ("use", "add", "restore")
"""Orders that a later layer may cancel without a word: what a plan builds, a scenario drops."""


def fail_if_contradictory(orders: Sequence[Order], faults: Faults) -> None:
    """One fault for each pair of orders, at the later one, naming the place of the other."""
    for order, other in _pairs(orders):
        first, last = (order, other) if order.layer <= other.layer else (other, order)
        names, (done, other_done) = listing(sorted(order.projects & other.projects)), (_NAMES[first.key], _NAMES[last.key])
        message = Text(
            f"{names.zh} 既{done.zh}（{first.said}，{first.place}）又{other_done.zh}（{last.said}）",
            f"{names.en}: both {done.en} ({first.said}, {first.place}) and {other_done.en} ({last.said})",
        )
        advice, lifting = Text("删去一处", "delete one of them"), f"restore: [{first.word}]"
        if first.key in (*_SHIFTS, "cancel"):
            lifting = f"{first.key}: {{{first.word}: 0}}" if first.key in _SHIFTS else lifting
            zh, en = f"；后面的层要撤销前面的，写 {lifting}", f"; to lift the earlier one in a later layer write {lifting}"
            advice += Text(zh, en)
        faults.add(message, last.place, advice)


def _pairs(orders: Sequence[Order]) -> Iterator[tuple[Order, Order]]:
    """Yield the orders that contradict each other; a shift by no years only lifts an earlier one."""
    cancels = [order for order in orders if order.key == "cancel"]
    acting = [
        order for order in orders if order.projects and order.key != "cancel" and (order.size or order.key not in _SHIFTS)
    ]
    for order in acting:
        against = [item for item in cancels if order.key not in _OF_ONE_LAYER or item.layer == order.layer]
        if against and order.projects <= _projects(against):
            yield order, next(item for item in against if item.projects & order.projects)
    for late in (order for order in acting if order.key == "delay"):
        for early in (order for order in acting if order.key == "accelerate" and order.projects == late.projects):
            yield late, early


ALL = "all"
_PROPERTIES = {"class": "project_class", "region": "region", "branch": "branch", "kind": "kind", "funder": "funder"}


def selected(word: str, ledger: Ledger) -> frozenset[str] | None:
    """Ids of the spending projects that a word means; None where it means nothing."""
    spending = ledger.spending
    if word == ALL:
        return frozenset(project.id for project in spending)
    if word in ledger.projects:
        # A project itself, what it repeats, or the parts of an umbrella; programmes and events build nothing.
        kept = ledger.projects.get(ledger.projects[word].same_as, ledger.projects[word])
        if kept.nature == "umbrella":
            return frozenset(part.id for part in ledger.parts(kept.id))
        return frozenset({kept.id}) if kept.spends else frozenset()
    name, colon, value = word.partition(":")
    if not word or (colon and not value):
        return None
    if name in _PROPERTIES:
        found = frozenset(project.id for project in spending if getattr(project, _PROPERTIES[name]) == value)
    else:
        found = frozenset(project.id for project in spending if word in (project.programme, project.name.zh))
    return found or None


def selected_or_fault(word: str, ledger: Ledger, place: Place, faults: Faults) -> frozenset[str]:
    """The same, with a fault for a word that means nothing."""
    found = selected(word, ledger)
    if found is None:
        message = Text(f"台账中没有“{word}”", f"the ledger knows no '{word}'")
        faults.add(message, place, nearest(word, words(ledger)))
    elif not found:
        message = Text(f"{word} 不含任何投资项目，改动不起作用", f"{word} holds no capital project: the change does nothing")
        faults.add(message, place)
    return found or frozenset()


def words(ledger: Ledger) -> list[str]:
    """Everything that can be named."""
    spending = ledger.spending
    values = ((name, getattr(project, field)) for name, field in _PROPERTIES.items() for project in spending)
    properties = {f"{name}:{value}" for name, value in values if value}
    programmes = {project.programme for project in spending if project.programme}
    return [ALL, *ledger.projects, *sorted(properties), *sorted(programmes)]
