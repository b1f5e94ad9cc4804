"""A scenario as it could be written in an earlier year: without the changes that rest on later documents or data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sim.base.errors import Faults
from sim.base.text import Text, listing
from sim.inputs.knowledge import is_known
from sim.inputs.ledger import Ledger
from sim.inputs.scenario import Change, Scenario
from sim.inputs.targets import Catalogue

_YEARS = (1949, 2100)


@dataclass(frozen=True)
class KnownScenario:
    """What could be written as of the year, and what must be said of the rest."""

    scenario: Scenario
    remarks: tuple[Text, ...] = ()


def known_scenario(
    scenario: Scenario, catalogue: Catalogue, ledger: Ledger, as_of: int | None, faults: Faults
) -> KnownScenario:
    """The scenario with the changes that were known as of a year; with all of them without a year.

    A change is known from the year that its `known_from` says, else from that of the latest document of the targets and
    projects that it names in `from`. One that names neither is the reader's own question, which can be asked of any year.
    """
    documents = {name: item.year for name, item in catalogue.documents.items()}
    printed_in = {name: item.document for name, item in catalogue.targets.items()}
    printed_in |= {name: item.document for name, item in ledger.projects.items()}
    kept, dropped = list[Change](), list[str]()
    for change in scenario.changes:
        _fail_if_no_year(change, faults)
        known = is_known(_known_from(change, documents, printed_in), as_of)
        (kept.append(change) if known else dropped.append(change.name))
    if not dropped:
        return KnownScenario(scenario)
    names = listing(list(dict.fromkeys(dropped)))
    said = Text(
        f"站在 {as_of} 年尚不知道、因此不计入的改动：{names.zh}。",
        f"Not known as of {as_of} and left out: {names.en}.",
    )
    return KnownScenario(replace(scenario, changes=tuple(kept)), (said,))


def _known_from(change: Change, documents: Mapping[str, int], printed_in: Mapping[str, str]) -> int:
    """The year; zero where it could be said at any time."""
    if change.known_from is not None:
        return change.known_from if isinstance(change.known_from, int) else 0
    return max((documents.get(printed_in[name], 0) for name in change.sources if name in printed_in), default=0)


def _fail_if_no_year(change: Change, faults: Faults) -> None:
    year = change.known_from
    if year is None or (isinstance(year, int) and not isinstance(year, bool) and _YEARS[0] <= year <= _YEARS[1]):
        return
    message = Text(f"known_from 须为年份，不是 {year!r}", f"known_from must be a year, not {year!r}")
    faults.add(message, change.place, Text("例如 known_from: 2024", "such as known_from: 2024"))
