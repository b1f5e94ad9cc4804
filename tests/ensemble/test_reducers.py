"""Statistics gathered in chunks equal those of numpy over everything; quantiles from histograms are off by a bin at most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.base.errors import RunError
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock
from sim.engine.kernel import compile_kernel
from sim.engine.methods import METHODS
from sim.ensemble import blocks, reducers
from sim.ensemble.blocks import BlockRunner, Task
from sim.ensemble.draws import Draws, Prior
from sim.ensemble.running import LEVELS, ChunkReducer, gathered, lost_sentence, run_ensemble
from sim.inputs.year_path import YearPath
from sim.model import Array, stock, variable
from tests.tiny import drawn_elsewhere, graph_of

Values = NDArray[Any]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 50), min_size=1, max_size=6), st.integers(0, 2**31))
def test_merged_moments_equal_numpy(sizes: list[int], seed: int) -> None:
    parts = [np.random.default_rng(seed + size).normal(3.0, 2.0, (4, size)) for size in sizes]
    together, whole = reducers.moments_of(parts[0]), np.concatenate(parts, axis=-1)
    for part in parts[1:]:
        together = reducers.merged(together, reducers.moments_of(part))
    assert together.count == whole.shape[-1]
    assert np.allclose(together.mean, whole.mean(axis=-1), rtol=1e-12)
    assert np.allclose(together.squares, whole.var(axis=-1) * whole.shape[-1], rtol=1e-10, atol=1e-12)


def test_quantiles_from_histograms_are_off_by_a_bin_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reducers, "EXACT", 10)
    whole = np.random.default_rng(2).gamma(2.0, 3.0, (2, 20_000))
    gathered = reducers.Gathered(20_000)
    for start in range(0, 20_000, 4096):
        chunk = whole[:, start : start + 4096]
        gathered.add(chunk, reducers.moments_of(chunk))
    error = gathered.quantile_error()
    assert error is not None
    exact = np.quantile(whole, LEVELS, axis=-1)
    assert (np.abs(gathered.quantiles(LEVELS) - exact) <= error).all()
    assert (error < 0.02 * exact[3]).all()


def test_a_series_that_never_moves_has_its_value_as_every_quantile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reducers, "EXACT", 1)
    gathered = reducers.Gathered(100)
    sevens = np.full((1, 100), 7.0)
    gathered.add(sevens, reducers.moments_of(sevens))
    assert np.array_equal(gathered.quantiles((0.1, 0.9)), [[7.0], [7.0]])


def gathered_in_chunks(whole: Values) -> reducers.Gathered:
    gathered = reducers.Gathered(10**9)
    for start in range(0, whole.shape[-1], 1000):
        chunk = whole[:, start : start + 1000]
        gathered.add(chunk, reducers.moments_of(chunk))
    return gathered


def test_histograms_widen_where_later_values_fall_outside() -> None:
    sorted_draws = np.linspace(0.0, 1.0, 50_000)
    constant_first = np.concatenate([np.zeros(1000), np.full(49_000, 5.0)])
    falling = -np.geomspace(1e-3, 1e3, 50_000)
    whole = np.stack([sorted_draws, constant_first, falling])
    gathered = gathered_in_chunks(whole)
    error = gathered.quantile_error()
    assert error is not None
    reached = np.quantile(whole, LEVELS, axis=-1, method="inverted_cdf")
    assert (np.abs(gathered.quantiles(LEVELS) - reached) <= error).all()
    assert (error < 2e-3 * np.ptp(whole, axis=-1)).all()
    assert gathered.histogram is not None
    assert (gathered.histogram.counts.sum(axis=-1) == 50_000).all()
    assert (gathered.histogram.low <= whole.min(axis=-1)).all()


def test_none_of_many_is_not_impossible() -> None:
    assert reducers.Share(0, 300).probability == 0.0
    assert 0.002 < reducers.Share(0, 300).standard_error < 0.005
    assert reducers.Share(150, 300).standard_error == pytest.approx(0.5 / 300**0.5, rel=0.01)


def test_what_is_asked_in_vain_is_said_before_any_work() -> None:
    with pytest.raises(ValueError, match="draw"):
        Draws(0)


@stock(unit="ratio", initial=1.0)
def level(level: Array, growth: Array) -> Array:
    return growth * level


@variable(unit="ratio")
def log_level(level: Array, offset: Array) -> Array:
    return np.log(level - offset)


def task(count: int, *priors: Prior, offset: float = 0.0, **given_values: Values) -> Task:
    graph = graph_of([level, log_level], {"growth": 0.1, "offset": 0.0})
    request = KernelRequest(("level", "log_level"), frozenset(), frozenset(), METHODS["rk4"], 2)
    central = {"growth": YearPath(np.array(0.1)), "offset": YearPath(np.array(offset))}
    return Task(
        compile_kernel(graph, request),
        Clock(2021, 2024, 2),
        central,
        Draws(count, 1, priors, realised=drawn_elsewhere(given_values) if given_values else None),
    )


PRIOR = Prior("growth", 0.5, 1.0, 1.5)


def above(values: Mapping[str, Values], _: NDArray[np.intp]) -> dict[str, NDArray[np.bool_]]:
    return {"high": values["level"][-1] > 1.5, "low": values["level"][-1] < 1.55}


def level_alone(values: Mapping[str, Values], _: NDArray[np.intp]) -> list[Values]:
    return [values["level"]]


def levels_of(of_task: Task, workers: int = 1) -> Values:
    return gathered(of_task, workers, level_alone)[1][0]


def test_an_ensemble_says_what_numpy_says_of_its_paths() -> None:
    found = run_ensemble(task(5000, PRIOR), 1, ChunkReducer(judge=above))
    last = levels_of(task(5000, PRIOR))[-1]
    assert last.shape == (5000,)
    assert found.mean["level"][-1] == pytest.approx(last.mean(), rel=1e-12)
    assert found.variance["level"][-1] == pytest.approx(last.var(ddof=1), rel=1e-9)
    assert np.allclose(found.quantiles["level"][:, -1], np.quantile(last, LEVELS), rtol=1e-14)
    assert found.shares["high"].probability == (last > 1.5).mean()
    assert found.all_met is not None
    assert found.all_met.probability == ((last > 1.5) & (last < 1.55)).mean()
    assert np.allclose(found.mean["level"][0], 1.0)


def test_an_ensemble_depends_neither_on_the_workers_nor_on_the_size_of_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ChunkReducer(judge=above)
    growth = np.linspace(0.05, 0.15, 5003)
    growth[[1023, 1024, 4100]] = np.nan
    first = run_ensemble(task(5003, growth=growth), 1, wanted)
    assert [draw.draw for draw in first.lost] == [1023, 1024, 4100]
    others = [run_ensemble(task(5003, growth=growth), workers, wanted) for workers in (2, 3)]
    assert np.array_equal(levels_of(task(5003, growth=growth), 2), levels_of(task(5003, growth=growth)), equal_nan=True)
    for size in (1 << 9, 1 << 12):
        monkeypatch.setattr(blocks, "STEP_BYTES", size)
        assert task(1).block < blocks.CHUNK
        others.append(run_ensemble(task(5003, growth=growth), 1, wanted))
    for other in others:
        assert other.shares == first.shares
        assert other.all_met == first.all_met
        for part in ("mean", "variance", "quantiles"):
            for name, values in getattr(first, part).items():
                assert np.array_equal(getattr(other, part)[name], values, equal_nan=True), (part, name)


def test_a_draw_that_is_lost_is_left_out_and_named() -> None:
    growth = np.full(50, 0.1)
    growth[7] = np.inf
    found = run_ensemble(task(50, growth=growth), 1, ChunkReducer(judge=above))
    assert (found.count, len(found.lost)) == (50, 1)
    assert found.shares["high"].count == 49
    assert not gathered(task(50, growth=growth), 1, level_alone)[0][7]
    assert np.isfinite(found.mean["level"]).all()
    sentence = lost_sentence(found.lost)
    assert sentence is not None
    assert "draw 7 (2021, level)" in sentence.en
    assert lost_sentence(run_ensemble(task(50, PRIOR)).lost) is None


def test_a_run_without_a_finite_draw_fails() -> None:
    with pytest.raises(RunError, match="all 10 draws"):
        run_ensemble(task(10, PRIOR, offset=5.0))


def test_the_embedded_error_is_reported_by_dopri5_only() -> None:
    graph = graph_of([level], {"growth": 0.1})
    errors = {}
    for method in ("rk4", "dopri5"):
        request = KernelRequest(("level",), frozenset(), frozenset(), METHODS[method], 1)
        central = {"growth": YearPath(np.array(0.8))}
        plain = Task(compile_kernel(graph, request), Clock(2021, 2024, 1), central, Draws(10))
        errors[method] = BlockRunner(plain).run(0, 10).embedded_error
    assert errors["rk4"] == 0.0
    assert 1e-8 < errors["dopri5"] < 1e-4
