"""The keys of a scenario file, as it may be written."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from sim.inputs.checked import Name, Record
from sim.inputs.ledger_section import LedgerSection
from sim.inputs.stepping import MethodName
from sim.inputs.sweep_section import SweepSection

SECTIONS = ("levers", "assumptions", "behaviour", "given")
SECTION_OF_KIND = {"lever": "levers", "assumption": "assumptions", "behaviour": "behaviour"}


class Layer(Record):
    """A named set of changes, switched on by `use` or --use."""

    levers: dict[str, Any] = {}
    """Levers changed by this layer."""
    assumptions: dict[str, Any] = {}
    """Assumptions changed by this layer."""
    behaviour: dict[str, Any] = {}
    """Behavioural parameters changed by this layer."""
    given: dict[str, Any] = {}
    """Variables replaced by a path."""
    ledger: LedgerSection | None = None
    """Which projects of the ledger are built, and what is changed about them."""


class ScenarioFile(Layer):
    """The keys of a scenario file."""

    name: Name
    """Name shown in tables and figures."""
    description: Name | None = None
    """What the scenario stands for, in a sentence or two."""
    city: str | None = None
    """City folder; taken from the extended file when left out."""
    extends: str | None = None
    """Another scenario file in the same folder, or else in the folder of scenarios, without or with .yaml."""
    base_year: int | None = None
    """Last year before the run, one that the city declares; the city's own when left out."""
    last_year: int | None = None
    """Last simulated year."""
    method: MethodName | None = None
    """Integration method; rk4 when left out."""
    steps_per_year: int | None = Field(default=None, ge=1, le=365)
    """Time steps in a year; 3 when left out."""
    targets: list[str] | None = None
    """Ids of the plan's catalogue, or city/* for all."""
    accept_borrowed: list[str] | None = None
    """Targets (id or name) or variables that are judged although their base is borrowed; the nearest file with it decides."""
    overrides: dict[str, Layer] = {}
    """Named layers."""
    use: list[str] = []
    """Names of the layers that are switched on."""
    sweep: SweepSection | None = None
    """What `python -m sim sweep` varies; the nearest file that has this section decides."""
