"""The result of a scenario: everything that is shown of it, in one record that a file holds and that is read back equal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import xarray as xr

from sim.base.cache import program_key
from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text, listing
from sim.base.units import add_unit
from sim.ensemble.blocks import LostDraw
from sim.ensemble.reducers import Share
from sim.ensemble.running import Ensemble
from sim.inputs.history import Break, Datum, History
from sim.inputs.home import Home
from sim.inputs.model_files import PublishedCheck
from sim.inputs.outline import Outline
from sim.ledger.summary import ProgrammeTimes
from sim.plan.cautions import StepError
from sim.plan.evaluation import Evaluated
from sim.plan.findings import Finding
from sim.plan.scorecard import Score
from sim.result.dataset import Comparison, projection_of
from sim.result.posterior import Foreseen
from sim.result.tree import packed, read_tree, record_of, tree_of
from sim.simulate.design import Design
from sim.simulate.opening import Case, open_cases, seeded, with_projects
from sim.simulate.pipeline import Outcome, provenance_of


@dataclass(frozen=True)
class Setting:
    """One thing that a scenario sets, in words."""

    name: str
    label: Text
    section: str
    unit: str
    before: Text
    after: Text
    origin: str
    sources: str
    note: str
    named_sources: Text = Text("", "")


def number_changed(settings: Iterable[Setting]) -> int:
    """Count the parameters that are set, each once however many layers set it, and what is said of projects."""
    found = list(settings)
    return len({item.name for item in found if item.section != "ledger"}) + sum(item.section == "ledger" for item in found)


@dataclass(frozen=True)
class Foresight:
    """A target asked again from an earlier year: what it looked like then, and what came of it, in its unit."""

    seen: Foreseen
    name: Text
    unit: str
    year: int
    outcome: float | None


@dataclass(frozen=True)
class Ring:
    """A feedback loop: its variables in order of influence, and the sign of each link."""

    key: str
    label: Text
    polarity: Text
    nodes: tuple[Text, ...]
    signs: tuple[int, ...]


@dataclass(frozen=True)
class Move:
    """One lever of a path in its unit: its bounds, its value now and then, and how many steps that is."""

    label: Text
    unit: Text
    low: float
    high: float
    now: float
    then: float
    steps: float


@dataclass(frozen=True)
class Aim:
    """A target along a required path: how likely it is there, and what one hundredth more of it would cost."""

    name: Text
    unit: Text
    operator: str
    value: float
    probability: float
    price: float | None


@dataclass(frozen=True)
class Required:
    """A required path: whether it reaches the targets, its moves, and what is said of it."""

    title: Text
    head: Text
    moves: tuple[Move, ...]
    targets: tuple[Aim, ...]
    obstacles: tuple[Text, ...]
    remarks: tuple[Text, ...]
    closing: tuple[Text, ...]
    alternatives: tuple[Text, ...]


@dataclass(frozen=True)
class StoredCall:
    """The file of the scenario below the home folder (or anywhere; none for a city without one), and what the call added.

    `order` counts the scenarios of the call.
    """

    scenario: str
    city: str
    settings: tuple[tuple[str, str], ...]
    use: tuple[str, ...]
    seed: int
    count: int
    precision: str
    prior: bool
    as_of: int | None
    order: int

    def draws(self, workers: int) -> Design | None:
        """The draws of the run; None where it had none."""
        return Design(self.count, self.seed, workers, self.precision, self.prior) if self.count else None

    def reopened(self, home: Home) -> Case:
        """Open the scenario as the call did.

        Raises
        ------
        SimError
            when its files are gone or faulty.
        """
        file = home.folder / self.scenario if self.scenario else Path(self.city)
        return seeded(open_cases(home, [file], self.city, self.use, self.settings, self.as_of)[0], self.seed)


def call_of(outcome: Outcome, order: int) -> StoredCall:
    """The call of a run."""
    case, draws = outcome.case, outcome.design
    scenario, home = case.scenario, case.city.home.folder
    file = scenario.file.resolve()
    named = file.relative_to(home).as_posix() if file.is_relative_to(home) else str(file)
    return StoredCall(
        scenario=named if scenario.files else "",
        city=scenario.city,
        settings=scenario.settings,
        use=scenario.use,
        seed=draws.seed if draws is not None else 0 if case.plan is None else case.plan.seed,
        count=0 if draws is None else draws.count,
        precision="float64" if draws is None else draws.precision,
        prior=draws is not None and draws.prior,
        as_of=case.city.as_of,
        order=order,
    )


FORMAT = 2
"""Of results as they are stored; it goes up when an older program could not read them, or a newer one not the older ones."""


@dataclass(frozen=True)
class DrawCount:
    """The number of draws and their seed, and which of them were lost."""

    count: int
    seed: int
    lost: tuple[LostDraw, ...]
    run_again: tuple[tuple[int, int], ...]
    all_met: Share | None

    @classmethod
    def of(cls, ensemble: Ensemble) -> DrawCount:
        """Return those of an ensemble."""
        return cls(ensemble.count, ensemble.seed, ensemble.lost, ensemble.lost_portions, ensemble.all_met)


@dataclass(frozen=True)
class LedgerResult:
    """The project ledger in a run: its programmes in time, how many projects wait for what by year, and what must be said."""

    programmes: tuple[ProgrammeTimes, ...]
    waiting: Mapping[str, tuple[float, ...]]
    sentences: tuple[Text, ...]


@dataclass(frozen=True)
class Studies:
    """Findings beside a run: feasibility with draws, what each measure adds, the loops, and required paths.

    `missing` says of each part that could not be made why; `pending` names those that take longer than a run, or draws that it
    did not take, and are yet to be made.
    """

    feasibility: xr.Dataset | None = None
    attribution: xr.Dataset | None = None
    loops: tuple[Ring, ...] = ()
    required: tuple[Required, ...] = ()
    missing: tuple[Text, ...] = ()
    pending: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Result:
    """Result of the simulation of a scenario.

    `results` is the central run by year, `draws` means and quantiles of the draws, `inputs` every exogenous value; those of
    parameters are said in words too.
    `known_to` is the latest year whose published figures count, and `as_of` the same where a call asked for one. `call`,
    `digest` and `engine` say how it was made, from which inputs and by which code, so that a study can be added later.
    """

    scenario: str
    name: Text
    description: Text
    city: str
    city_name: Text
    base_year: int
    last_year: int
    known_to: int
    as_of: int | None
    method: str
    steps_per_year: int
    call: StoredCall
    digest: str
    home: str
    simulator: str
    engine: str
    versions: Mapping[str, str]
    input_hashes: Mapping[str, str]
    document_hashes: Mapping[str, str]
    remarks: tuple[Text, ...]
    step_error: StepError
    sampling: DrawCount | None
    draw_sentences: tuple[Text, ...]
    ledger: LedgerResult | None
    checks: tuple[PublishedCheck, ...]
    outline: Outline
    members: Mapping[str, Mapping[str, Text]]
    units: Mapping[str, tuple[Text, str | None]]
    inputs: xr.Dataset
    results: xr.Dataset
    draws: xr.Dataset | None
    scorecard: tuple[Score, ...]
    evaluation: tuple[Evaluated, ...]
    comparisons: tuple[Comparison, ...]
    settings: tuple[Setting, ...]
    foresight: tuple[Foresight, ...]
    findings: tuple[Finding, ...]
    breaks: tuple[Break, ...]
    published: tuple[Datum, ...]
    studies: Studies = field(default_factory=Studies)
    run: str = ""
    """Name of the run that it belongs to, whatever its folder is called later."""
    format: int = FORMAT

    @cached_property
    def projection(self) -> xr.Dataset:
        """The results as they are shown: the median of each variable that draws were summed up for, else the central run."""
        return projection_of(self.results, self.draws)

    @cached_property
    def history(self) -> History:
        """The published figures of the city, the best of each year."""
        return History(self.published, dict.fromkeys({item.source for item in self.published}, 0))

    def label(self, variable: str) -> Text:
        """The name of a variable."""
        told = self.results[variable].attrs
        return Text(told["long_name_zh"], told["long_name"])


def packed_result(result: Result) -> bytes:
    """Return a result as the bytes of a netCDF file, with its checksum behind them."""
    return sealed_file(packed(tree_of(result)))


def sealed_file(content: bytes) -> bytes:
    """Return the bytes of a netCDF file with their checksum behind them, where the format lets other bytes stand.

    HDF5 does not survive every damaged file: of some it reads other numbers, in others it never ends.
    """
    return content + _SEAL + sha256(content).digest()


def read_result(file: Path) -> Result:
    """Read a result.

    Raises
    ------
    UsageError
        when it is damaged, or a version wrote it whose results are others.
    """
    try:
        content = file.read_bytes()
        if content != sealed_file(content[:-_SEALED]):
            raise UsageError(Fault(_CHANGED, Place(file), _RUN_AGAIN))
        tree = read_tree(content[:-_SEALED])
    except (OSError, ValueError, RuntimeError) as error:
        raise UsageError(Fault(_DAMAGED, Place(file), _RUN_AGAIN)) from error
    made, simulator = tree.attrs.get("format"), tree.attrs.get("simulator", "—")
    if made != FORMAT:
        message = Text(
            f"运行结果由版本 {simulator} 写出（格式 {made or '—'}，本版本为 {FORMAT}）",
            f"the run was written by version {simulator} (format {made or '—'}, this version has {FORMAT})",
        )
        raise UsageError(Fault(message, Place(file), _RUN_AGAIN))
    try:
        result = record_of(tree, Result)
        for name, (label, of) in result.units.items():
            add_unit(name, label, of)
    except ValueError as error:
        raise UsageError(Fault(_DAMAGED, Place(file), _RUN_AGAIN)) from error
    return result


def reopened(result: Result, home: Home) -> Case:
    """The scenario of a result, opened as it was run, with the realisations of its ledger.

    Raises
    ------
    SimError
        when its inputs or the program are not what they were.
    """
    case = result.call.reopened(home)
    now = provenance_of(case)
    before = result.input_hashes
    names = sorted(name for name in {*before, *now.inputs} if before.get(name) != now.inputs.get(name))
    if names or now.digest != result.digest:
        shown = listing(names[:_MOST_NAMED]) if names else Text("命令的选项", "the options of the call")
        raise UsageError(Fault(Text(f"运行之后输入已改动：{shown.zh}", f"inputs have changed since the run: {shown.en}")))
    if result.engine != program_key():
        raise UsageError(Fault(Text("运行之后程序已改动", "the program has changed since the run")))
    return with_projects(case)


_MOST_NAMED = 5
_SEAL = b"sim-sha256:"
_SEALED = len(_SEAL) + sha256().digest_size
_DAMAGED = Text("运行结果已损坏", "the file of the run is damaged")
_CHANGED = Text(
    "运行结果已损坏、被其他程序改动，或由更早的版本写出",
    "the file of the run is damaged, was changed by another program, or an earlier version wrote it",
)
_RUN_AGAIN = Text("请用本版本重新运行情景", "run the scenario again with this version")
