"""Draw the figures in worker processes, two at a time; each worker imports matplotlib while the simulation runs."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.base.processes import block_sigint, init_worker
from sim.base.text import Language


@contextmanager
def drawing_workers(workers: int = 2) -> Iterator[ProcessPoolExecutor]:
    """Worker processes that warm up in the background; when the block fails they are ended at once, whatever they do."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=init_worker)
    try:
        with block_sigint():
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
    import sim.report.writing  # noqa: F401, PLC0415  start-up time: matplotlib loads in the worker only


def start_drawing(
    figures: Mapping[Path, Mapping[str, Any]], language: Language, pool: ProcessPoolExecutor
) -> list[Future[str]]:
    """Have the figures of each folder drawn there as PNG and SVG; what several folders show alike is drawn once.

    The slowest go first, so that all workers finish together.
    """
    stems: dict[Any, list[Path]] = {}
    for folder, named in figures.items():
        folder.mkdir(parents=True, exist_ok=True)
        for name, figure in named.items():
            stems.setdefault((name, figure), []).append(folder / name)
    order = sorted(stems.items(), key=lambda item: -item[0][1].weight)
    return [pool.submit(draw_one, figure, language, places) for (_, figure), places in order]


def finish_drawing(drawing: list[Future[str]]) -> str:
    """Wait for all figures; an error of a worker is raised here. The characters that they show as boxes, each once."""
    return "".join(sorted({letter for future in drawing for letter in future.result()}))


def draw_one(figure: Any, language: Language, stems: Sequence[Path]) -> str:
    """Draw one figure and return the characters that its font lacks; runs in a worker."""
    from sim.report import style  # noqa: PLC0415

    with style.house_style():
        picture = style.untitled(figure.draw(language))
        for suffix, content in style.pictures(picture).items():
            for stem in stems:
                stem.with_suffix(suffix).write_bytes(content)
        return style.unprintable_in(picture)


def read_svgs(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """The drawn SVG documents by name."""
    return {name: (folder / f"{name}.svg").read_text(encoding="utf-8") for name in names}
