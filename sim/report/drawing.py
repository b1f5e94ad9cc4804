"""Draw the figures in worker processes, two at a time; each worker imports matplotlib while the simulation runs."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.processes import no_interrupts_at_birth, work_for_the_parent

if TYPE_CHECKING:
    from sim.report.view import View

FIGURE_NAMES = (
    "scorecard",
    "scenarios",
    "gdp",
    "sectors",
    "manufacturing_share",
    "population",
    "pyramid",
    "firm_ladder",
    "required_growth",
    "pipeline",
)
OF_ONE_CASE = "pipeline"
"""The figure that each scenario has for itself; the others show all of them."""
# The slowest first, so that both workers finish together.
_ORDER = (
    "firm_ladder",
    "sectors",
    "pyramid",
    "population",
    "scorecard",
    "gdp",
    "manufacturing_share",
    "required_growth",
    "scenarios",
)


@contextmanager
def drawing_workers(workers: int = 2) -> Iterator[ProcessPoolExecutor]:
    """Worker processes that warm up in the background; when the block fails they are ended at once, whatever they do."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=work_for_the_parent)
    try:
        with no_interrupts_at_birth():
            for _ in range(workers):
                pool.submit(warm_up)
        yield pool
    except BaseException:
        for child in multiprocessing.active_children():
            if isinstance(child, context.Process):
                child.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def warm_up() -> None:
    """Import what drawing needs."""
    import sim.report.figures  # noqa: F401, PLC0415  start-up time: matplotlib loads in the worker only


def start_drawing(view: View, folders: Mapping[str, Path], pool: ProcessPoolExecutor) -> list[Future[None]]:
    """Have every figure drawn as PNG and SVG: those of the run into the first of the folders, which are by scenario."""
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    own = [(replace(view, cases=(case,)), folders[case.key]) for case in view.cases]
    first = next(iter(folders.values()))
    return [pool.submit(draw_one, name, view, first) for name in _ORDER] + [
        pool.submit(draw_one, OF_ONE_CASE, alone, folder) for alone, folder in own
    ]


def finish_drawing(drawing: list[Future[None]]) -> None:
    """Wait for all figures; an error of a worker is raised here."""
    for future in drawing:
        future.result()


def draw_one(name: str, view: View, folder: Path) -> None:
    """Draw one figure; runs in a worker."""
    from sim.report import figures, style  # noqa: PLC0415

    with style.house_style():
        style.save(figures.FIGURES[name](view), folder / name)


def read_svgs(folder: Path, names: Sequence[str] = FIGURE_NAMES) -> dict[str, str]:
    """The drawn SVG documents by name, in the order of the report."""
    return {name: (folder / f"{name}.svg").read_text(encoding="utf-8") for name in names}
