"""The analysis of sensitivities without the runs: many outputs at once, Sobol's with their bootstrap, beside SALib and scipy.

    python -m benchmarks.indices [INDICATORS YEARS INPUTS]

prints seconds, ratio and the largest difference on one sample of a made model; by default of a size that all three finish in a
minute (the intervals of scipy take by far the longest). SALib, which takes output by output, comes with
the extra `dev`; scipy takes all outputs at once, but its intervals (BCa) are of another kind, so only its indices are compared.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.designs import Distribution, Morris, Saltelli
from sim.ensemble.indices import SobolIndices, morris_effects, sobol_indices
from sim.simulate.sweeps.sensitivity import USUAL_BASE, USUAL_RESAMPLES

Values = NDArray[Any]
USUAL = (4, 5, 20)
_SEED, _REPEATS, _TRAJECTORIES = 3, 3, 20


def made_outputs(design: Saltelli | Morris, count: int) -> Values:
    """Outputs [output, row] that bend with each input and mix two neighbours, each output by weights of its own."""
    x = design.columns(0, design.count)
    weights = np.random.default_rng(_SEED).random((count, 2 * len(x)))
    return np.asarray(weights @ np.concatenate([np.sin(3.0 * x), x * np.roll(x, 1, axis=0)]))


def ours(outputs: Values, inputs: int) -> SobolIndices:
    """All outputs at once."""
    return sobol_indices(outputs, inputs, np.zeros(outputs.shape[1], dtype=bool), USUAL_RESAMPLES, _SEED)


def salib(outputs: Values, inputs: int) -> list[Any]:
    """One output after the other."""
    from SALib.analyze import sobol

    problem = {"num_vars": inputs, "names": [str(i) for i in range(inputs)], "bounds": [[0.0, 1.0]] * inputs}
    settings = {"calc_second_order": False, "num_resamples": USUAL_RESAMPLES, "seed": _SEED}
    return [sobol.analyze(problem, row, **settings) for row in outputs]


def scipys(outputs: Values, inputs: int) -> Any:
    """All outputs at once; its bootstrap takes each base point out once more."""
    from scipy.stats import sobol_indices as indices_of_scipy

    blocks = outputs.reshape(len(outputs), -1, inputs + 2)
    parts = {"f_A": blocks[:, :, 0], "f_B": blocks[:, :, -1], "f_AB": blocks[:, :, 1:-1].transpose(2, 0, 1)}
    found = indices_of_scipy(func=parts, n=blocks.shape[1])
    found.bootstrap(n_resamples=USUAL_RESAMPLES)
    return found


def morris(count: int, inputs: int) -> tuple[float, float]:
    """Seconds for Morris' effects of all outputs at once, and by SALib one output after the other."""
    from SALib.analyze import morris as of_salib

    unit = tuple(Distribution("uniform", (0.0, 1.0)) for _ in range(inputs))
    walk = Morris(unit, _TRAJECTORIES, _SEED)
    points, outputs = walk.unit(0, walk.count), made_outputs(walk, count)
    problem = {"num_vars": inputs, "names": [str(i) for i in range(inputs)], "bounds": [[0.0, 1.0]] * inputs}
    nothing_lost = np.zeros(walk.count, dtype=bool)
    fast, _ = timed(lambda: morris_effects(outputs, points, nothing_lost), _REPEATS)
    slow, _ = timed(lambda: [of_salib.analyze(problem, points.T, row, num_levels=4) for row in outputs], 1)
    return fast, slow


def timed(call: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """The shortest of several times, and what came out."""
    seconds, found = [], None
    for _ in range(repeats):
        began = time.perf_counter()
        found = call()
        seconds.append(time.perf_counter() - began)
    return min(seconds), found


def largest_difference(found: SobolIndices, oracle: list[Any]) -> float:
    """Of all indices and half-widths."""
    pairs = {"S1": found.first, "S1_conf": found.first_error, "ST": found.total, "ST_conf": found.total_error}
    return max(
        float(np.abs(values[:, place] - row[key]).max()) for key, values in pairs.items() for place, row in enumerate(oracle)
    )


def main(indicators: int, years: int, inputs: int) -> None:
    """Print one row for each way."""
    unit = tuple(Distribution("uniform", (0.0, 1.0)) for _ in range(inputs))
    outputs = made_outputs(Saltelli(unit, USUAL_BASE, _SEED), indicators * years)
    fast, found = timed(lambda: ours(outputs, inputs), _REPEATS)
    slow, oracle = timed(lambda: salib(outputs, inputs), 1)
    slower, other = timed(lambda: scipys(outputs, inputs), 1)
    print(f"{indicators} indicators x {years} years x {inputs} inputs, base sample {USUAL_BASE}, {USUAL_RESAMPLES} resamples")
    print(f"ours  {fast:8.2f} s")
    print(f"SALib {slow:8.2f} s, {slow / fast:.0f} times as long")
    print(f"scipy {slower:8.2f} s, {slower / fast:.0f} times as long")
    apart = max(np.abs(other.first_order.T - found.first).max(), np.abs(other.total_order.T - found.total).max())
    print(f"largest difference {largest_difference(found, oracle):.1e} from SALib, {apart:.1e} from the indices of scipy")
    fast, slow = morris(indicators * years, inputs)
    print(f"Morris, {_TRAJECTORIES} trajectories: ours {fast:.4f} s, SALib {slow:.2f} s, {slow / fast:.0f} times as long")


if __name__ == "__main__":
    main(*([int(text) for text in sys.argv[1:]] or USUAL))
