"""What a scenario changes about the ledger, layer by layer: what is used, late, early, cancelled, added, or comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from sim.base.errors import Faults, Place
from sim.base.text import Text
from sim.inputs.ledger import Amount, Ledger, Project
from sim.inputs.ledger_table import fail_if_row_wrong
from sim.inputs.project_classes import LedgerSettings
from sim.inputs.scenario_file import AddedProject, LedgerChange
from sim.ledger.contradictions import Order, fail_if_contradictory
from sim.ledger.selection import selected_or_fault
from sim.ledger.works import Work, work_of

LONGEST_DELAY = 15.0


@dataclass
class Edits:
    """The layers together. Delays of one project by several words add up; a word in a later layer replaces its earlier self."""

    use: frozenset[str] = frozenset()
    cancels: list[Order] = field(default_factory=list)
    delays: dict[str, tuple[frozenset[str], float, Place]] = field(default_factory=dict)
    priorities: dict[str, tuple[frozenset[str], int]] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    added: dict[str, Project] = field(default_factory=dict)

    @property
    def cancelled(self) -> frozenset[str]:
        """Projects that are not built, whatever is used."""
        return frozenset().union(*(order.projects for order in self.cancels))

    def delay(self, project: str) -> float:
        """Years by which a project is later than the documents have it."""
        return sum(years for ids, years, _ in self.delays.values() if project in ids)

    def priority(self, project: str) -> int | None:
        """Its place in line, where one is stated; the most urgent of several."""
        stated = [place for ids, place in self.priorities.values() if project in ids]
        return min(stated) if stated else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is built."""
        return not self.use and not self.added


def edits_of(changes: Iterable[LedgerChange], ledger: Ledger, faults: Faults) -> Edits:
    """Read the sections of a scenario's layers against the ledger; faults are added."""
    layers, edits = tuple(changes), Edits()
    for change in layers:
        for name, raw in change.section.add.items():
            edits.added[name] = _added(name, raw, ledger, change.place("add", name), faults)
    whole = replace(ledger, projects={**ledger.projects, **edits.added})
    for layer, change in enumerate(layers):
        _apply(change, layer, whole, edits, faults)
    fail_if_contradictory([*edits.cancels, *edits.orders.values()], faults)
    _fail_if_too_late(edits, faults)
    return edits


def _fail_if_too_late(edits: Edits, faults: Faults) -> None:
    """Words that add up to more than any of them may say; the first project that is hit stands for all of them."""
    if any(abs(years) > LONGEST_DELAY for _, years, _ in edits.delays.values()):
        return  # said already, of the word itself
    built = sorted((edits.use | edits.added.keys()) - edits.cancelled)
    hit = next((project for project in built if abs(edits.delay(project)) > LONGEST_DELAY + _CLOSE), None)
    if hit is not None:
        years = f"{abs(edits.delay(hit)):g}"
        message = Text(
            f"{hit} 的延期或提前相加为 {years} 年，超过 {LONGEST_DELAY:g} 年",
            f"{hit}: delays and accelerations add up to {years} years, more than {LONGEST_DELAY:g}",
        )
        faults.add(message, [place for ids, _, place in edits.delays.values() if hit in ids][-1])


_CLOSE = 1e-9


def _apply(change: LedgerChange, layer: int, ledger: Ledger, edits: Edits, faults: Faults) -> None:
    section = change.section
    if section.use is not None:
        used = list(_listed(section.use, "use", change, layer, ledger, faults))
        edits.use = frozenset().union(*(order.projects for order in used))
        edits.orders |= {f"use {order.word} {layer}": order for order in used}
    for name in section.add:
        edits.orders[f"add {name}"] = Order("add", name, frozenset({name}), change.place("add", name), layer)
    restored = list(_listed(section.restore, "restore", change, layer, ledger, faults))
    again = frozenset[str]().union(*(order.projects for order in restored))
    edits.cancels = [replace(order, projects=order.projects - again) for order in edits.cancels]
    edits.cancels += _listed(section.cancel, "cancel", change, layer, ledger, faults)
    edits.orders |= {f"restore {order.word} {layer}": order for order in restored}
    for part, sign in (("delay", 1.0), ("accelerate", -1.0)):
        for word, years in getattr(section, part).items():
            ids = selected_or_fault(word, ledger, change.place(part, word), faults)
            if not 0.0 <= years <= LONGEST_DELAY:
                message = Text(f"{part} 须在 0–{LONGEST_DELAY:g} 年之间", f"{part} must lie in 0 to {LONGEST_DELAY:g} years")
                faults.add(message, change.place(part, word))
            edits.delays[f"{part} {word}"] = ids, sign * years, change.place(part, word)
            edits.orders.pop(f"{part} {word}", None)
            if years:
                edits.orders[f"{part} {word}"] = Order(part, word, ids, change.place(part, word), layer)
    for word, place in section.priority.items():
        ids = selected_or_fault(word, ledger, change.place("priority", word), faults)
        edits.priorities[word] = ids, place
        edits.orders[f"priority {word}"] = Order("priority", word, ids, change.place("priority", word), layer)


def _listed(words: list[str], key: str, change: LedgerChange, layer: int, ledger: Ledger, faults: Faults) -> Iterator[Order]:
    for index, word in enumerate(words):
        place = change.place(key, index)
        yield Order(key, word, selected_or_fault(word, ledger, place, faults), place, layer)


def _added(name: str, raw: AddedProject, ledger: Ledger, place: Place, faults: Faults) -> Project:
    """A row like those of ledger.csv, checked in the same way."""
    if name in ledger.projects:
        message = Text(f"台账中已有 {name}", f"the ledger holds {name} already")
        faults.add(message, place, Text("换一个编号", "choose another id"))
    amount = None if raw.amount is None else Amount(raw.amount, 1.0, "A", "scenario")
    row = Project(
        id=name,
        name=raw.label.text(),
        nature="capital",
        parent="",
        same_as="",
        funder=raw.funder,
        project_class=raw.project_class,
        region=raw.region,
        branch=raw.branch,
        kind=raw.kind,
        programme="",
        start=raw.start,
        end=raw.end,
        amount=amount,
        field=None,
        field_unit="",
        document="",
        quote="",
        place=place,
    )
    fail_if_row_wrong(row, ledger.classes, ledger.names, faults)
    return row


def named_works(ledger: Ledger, edits: Edits, base_year: int, settings: LedgerSettings) -> list[Work]:
    """The works of all projects that a scenario builds, in the order of the ledger."""
    works: list[Work] = []
    rows = [*ledger.spending, *edits.added.values()]
    for place, project in enumerate(rows):
        if project.id in edits.cancelled or not (project.id in edits.use or project.id in edits.added):
            continue
        work = work_of(project, ledger.classes[project.project_class], place, base_year, settings)
        if work is not None:
            works.append(_edited(work, edits, base_year + 1.0))
    return works


def finished_before(edits: Edits, named: Iterable[Work]) -> int:
    """How many of the projects that a scenario uses were finished by the end of the base year, and so are no works."""
    return len(edits.use - edits.cancelled - {work.id for work in named})


def _edited(work: Work, edits: Edits, run_start: float) -> Work:
    place = edits.priority(work.id)
    prior = work if place is None else replace(work, priority=place)
    delay = edits.delay(work.id)
    return prior.later(delay, run_start) if delay else prior
