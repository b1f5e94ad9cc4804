"""Which projects a word of a scenario means: an id, an umbrella with its parts, a programme, a property such as kind:urban."""

from __future__ import annotations

from collections.abc import Iterable

from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text
from sim.inputs.ledger import Ledger, Project

ALL = "all"
_PROPERTIES = {"class": "project_class", "region": "region", "branch": "branch", "kind": "kind", "funder": "funder"}


def selected(word: str, ledger: Ledger) -> frozenset[str] | None:
    """Ids of the spending projects that a word means; None where it means nothing."""
    spending = ledger.spending
    if word == ALL:
        return frozenset(project.id for project in spending)
    if word in ledger.projects:
        return frozenset(_of_row(ledger.projects[word], ledger))
    name, colon, value = word.partition(":")
    if not word or (colon and not value):
        return None
    if name in _PROPERTIES:
        found = frozenset(project.id for project in spending if getattr(project, _PROPERTIES[name]) == value)
    else:
        found = frozenset(project.id for project in spending if word in (project.programme, project.name.zh))
    return found or None


def _of_row(project: Project, ledger: Ledger) -> Iterable[str]:
    """A project itself, what it repeats, or the parts of an umbrella; programmes and events build nothing."""
    kept = ledger.projects.get(project.same_as, project)
    if kept.nature == "umbrella":
        return (part.id for part in ledger.parts(kept.id))
    return (kept.id,) if kept.spends else ()


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
