"""What the options of a sweep say, and whether they go together; every fault at once, before anything is opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.base.errors import Faults, Place, UsageError
from sim.base.text import Text
from sim.cli.numbers import MOST_DRAWS, Asked, whole
from sim.inputs.files import fail_if_no_name

if TYPE_CHECKING:  # they load pydantic, which a mistaken option should not wait for
    from sim.simulate.sampling.request import SweepRequest
    from sim.simulate.sweeps.analysis import SensitivityRequest


@dataclass(frozen=True)
class Request:
    """What the user asked for, as it was written."""

    scenario: str
    city: str | None
    settings: tuple[tuple[str, str], ...]
    use: tuple[str, ...]
    out: Path
    name: str | None
    home: Path | None
    draws: Asked
    method: str | None
    over: tuple[tuple[str, str], ...]
    rest: str | None
    outputs: tuple[str, ...]
    sensitivity: str | None
    cluster: str | None
    sizes: tuple[tuple[str, str | None], ...]
    """--base, --walks, --resamples and --keep, as they were written."""
    workers_named: bool = False
    """Whether --workers was written."""


@dataclass(frozen=True)
class Wanted:
    """What is to be sampled, and which analysis of sensitivity is asked for, if one is."""

    sample: SweepRequest
    sensitivity: SensitivityRequest | None


def read_request(request: Request) -> Wanted:
    """The options as requests.

    Raises
    ------
    UsageError
        with every option that cannot be meant.
    """
    from sim.inputs.sweep_section import overs_of_call
    from sim.simulate.sampling.request import SweepRequest

    faults = Faults()
    _check_name(request.name, faults)
    _check_draws(request, faults)
    if request.cluster is not None and request.workers_named:
        message = Text("集群的进程数由 dask worker 决定", "with --cluster, dask worker decides how many processes there are")
        faults.add(message, Place(key="--workers"), Text("删去 --workers", "leave --workers out"))
    over = list[Any]()
    with faults.gathering(UsageError):
        over = overs_of_call(request.over)
    sensitivity = _sensitivity(request, faults)
    faults.raise_if_any(UsageError)
    sample = SweepRequest(
        method=request.method,  # type: ignore[arg-type]  # typer has checked it
        draws=request.draws.count,
        seed=request.draws.seed,
        over=tuple(over),
        rest=request.rest,  # type: ignore[arg-type]
        outputs=request.outputs,
    )
    return Wanted(sample, sensitivity)


def _check_name(name: str | None, faults: Faults) -> None:
    if name is not None:
        with faults.gathering():
            fail_if_no_name(name, Place(key="--name"))


def _check_draws(request: Request, faults: Faults) -> None:
    if request.sensitivity is not None and request.draws.count is not None:
        advice = Text("请用 --base 或 --walks", "use --base or --walks")
        message = Text("--sensitivity 的抽样次数由设计决定", "the design of --sensitivity decides how many draws there are")
        faults.add(message, Place(key="--draws"), advice)
    elif request.draws.count == 0:
        advice = Text(f"应为 1–{MOST_DRAWS} 的整数", f"give a whole number from 1 to {MOST_DRAWS}")
        faults.add(Text("--draws 0 不可用", "--draws 0 cannot be used"), advice=advice)


def _sensitivity(request: Request, faults: Faults) -> SensitivityRequest | None:
    """What is asked of a sensitivity analysis; None for a plain sweep, or where an option is faulty."""
    from sim.simulate.sweeps.analysis import MOST, SensitivityRequest

    before = len(faults.found)
    given = {key: whole(f"--{key}", text, 2, MOST[key], faults.found) for key, text in request.sizes if text is not None}
    if request.sensitivity is None:
        for key in given:
            faults.add(*_belongs(key, "--sensitivity"))
        return None
    if request.method is not None:
        message = Text("--sensitivity 有自己的设计", "--sensitivity has a design of its own")
        faults.add(message, Place(key="--method"), Text("删去 --method", "leave --method out"))
    for key in given:
        if request.sensitivity == "morris" and key != "walks":
            faults.add(*_belongs(key, "--sensitivity sobol"))
    if len(faults.found) > before:
        return None
    sizes: dict[str, Any] = {"kept" if key == "keep" else key: number for key, number in given.items()}
    kind: Any = request.sensitivity
    of_draws: dict[str, Any] = {"prior": request.draws.prior, "precision": request.draws.precision}
    asked = SensitivityRequest(kind=kind, indicators=request.outputs, **of_draws, **sizes)
    with faults.gathering(UsageError):
        asked.fail_if_unfit()
    return asked


def _belongs(key: str, option: str) -> tuple[Text, Place]:
    return Text(f"--{key} 只用于 {option}", f"--{key} belongs to {option}"), Place(key=f"--{key}")
