"""Other tools on the growth model, each in its own form. Every one returns the last values of all stocks, to be checked."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from benchmarks.growth.generic import rates_function
from benchmarks.growth.values import CONSTANTS, FIRST, STEPS, STOCKS, YEARS, members
from benchmarks.growth.xmile import write_xmile

Values = NDArray[Any]
Results = dict[str, Values]
Peer = Callable[[int], Results]
TIGHT = 1e-10


def _by_name(columns: Any) -> Results:
    return dict(zip(STOCKS, np.asarray(columns, dtype=float), strict=True))


def scipy_loop() -> Peer:
    """solve_ivp member by member, with the tolerances at which it is as exact as quarterly rk4 is for this model."""
    rates = rates_function({"exp": math.exp, "log": math.log, "tanh": math.tanh, "max": max})
    first = list(STOCKS.values())

    def run(count: int, rtol: float = 1e-8) -> Results:
        drawn, columns = members(count), []
        for member in range(count):
            p = {**CONSTANTS, **{name: float(values[member]) for name, values in drawn.items()}}
            span = (float(FIRST), float(FIRST + YEARS))
            found = solve_ivp(lambda t, y, p=p: rates(t, y.tolist(), p), span, first, method="RK45", rtol=rtol, atol=1e-10)
            columns.append(found.y[:, -1])
        return _by_name(np.array(columns).T)

    return run


def scipy_exact(count: int) -> Results:
    """solve_ivp as a reference: DOP853 with tight tolerances."""
    rates = rates_function({"exp": math.exp, "log": math.log, "tanh": math.tanh, "max": max})
    drawn, columns = members(count), []
    for member in range(count):
        p = {**CONSTANTS, **{name: float(values[member]) for name, values in drawn.items()}}
        span = (float(FIRST), float(FIRST + YEARS))
        found = solve_ivp(
            lambda t, y, p=p: rates(t, y.tolist(), p), span, list(STOCKS.values()), method="DOP853", rtol=TIGHT, atol=TIGHT
        )
        columns.append(found.y[:, -1])
    return _by_name(np.array(columns).T)


def naive_numpy() -> Peer:
    """All members at once in plain numpy expressions, rk4."""
    rates = rates_function({"exp": np.exp, "log": np.log, "tanh": np.tanh, "max": np.maximum})

    def run(count: int) -> Results:
        p, dt = {**CONSTANTS, **members(count)}, 1.0 / STEPS
        y = np.array([np.full(count, value) for value in STOCKS.values()])
        for step in range(YEARS * STEPS):
            y = rk4_step(
                lambda t, s: np.array([np.broadcast_to(part, count) for part in rates(t, s, p)]), FIRST + step * dt, y, dt
            )
        return _by_name(y)

    return run


def rk4_step(rates: Callable[[Any, Any], Any], t: Any, y: Any, dt: float) -> Any:
    """One classical Runge-Kutta step."""
    k1 = rates(t, y)
    k2 = rates(t + 0.5 * dt, y + 0.5 * dt * k1)
    k3 = rates(t + 0.5 * dt, y + 0.5 * dt * k2)
    k4 = rates(t + dt, y + dt * k3)
    return y + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)


def _jax() -> tuple[Any, Any]:
    """JAX in double precision."""
    import jax
    import jax.numpy as jnp

    config: Any = jax.config
    config.update("jax_enable_x64", True)
    return jax, jnp


def jax_scan() -> Peer:
    """JAX in double precision: scan over time, vmap over members, compiled before it is timed."""
    jax, jnp = _jax()
    rates = rates_function({"exp": jnp.exp, "log": jnp.log, "tanh": jnp.tanh, "max": jnp.maximum})
    dt = 1.0 / STEPS

    def one(p: Any) -> Any:
        everything = {**CONSTANTS, **p}

        def step(y: Any, number: Any) -> Any:
            return rk4_step(lambda t, s: jnp.stack(rates(t, s, everything)), FIRST + number * dt, y, dt), None

        return jax.lax.scan(step, jnp.array(list(STOCKS.values())), jnp.arange(YEARS * STEPS))[0]

    compiled = jax.jit(jax.vmap(one))

    def run(count: int) -> Results:
        return _by_name(np.asarray(compiled(members(count))).T)

    return run


def diffrax_rk4() -> Peer:
    """Diffrax with a classical Runge-Kutta tableau and constant steps, vmap over members, compiled before it is timed."""
    import diffrax

    jax, jnp = _jax()
    rates = rates_function({"exp": jnp.exp, "log": jnp.log, "tanh": jnp.tanh, "max": jnp.maximum})
    rk4 = _classical(diffrax)
    term = diffrax.ODETerm(lambda t, y, p: jnp.stack(rates(t, y, {**CONSTANTS, **p})))

    def one(p: Any) -> Any:
        first = jnp.array(list(STOCKS.values()))
        return diffrax.diffeqsolve(
            term, rk4, float(FIRST), float(FIRST + YEARS), 1.0 / STEPS, first, args=p, max_steps=YEARS * STEPS + 1,
            stepsize_controller=diffrax.ConstantStepSize(), adjoint=diffrax.ForwardMode(),
        ).ys[0]  # fmt: skip

    compiled = jax.jit(jax.vmap(one))

    def run(count: int) -> Results:
        return _by_name(np.asarray(compiled(members(count))).T)

    return run


def _classical(diffrax: Any) -> Any:
    """Diffrax has no classical rk4 of its own; its abstract solver takes the tableau (the error estimate is not used)."""
    tableau = diffrax.ButcherTableau(
        c=np.array([0.5, 0.5, 1.0]),
        b_sol=np.array([1 / 6, 1 / 3, 1 / 3, 1 / 6]),
        b_error=np.array([0.0, 0.0, 0.0, 0.0]),
        a_lower=(np.array([0.5]), np.array([0.0, 0.5]), np.array([0.0, 0.0, 1.0])),
    )
    names = {"tableau": tableau, "interpolation_cls": diffrax.ThirdOrderHermitePolynomialInterpolation.from_k}
    kind = type("Classical", (diffrax.AbstractERK,), {**names, "order": lambda _, __: 4, "__annotations__": {}})
    return kind()


def pysimlin_loop(folder: Path, method: str = "rk4") -> Peer:
    """Pysimlin member by member, parameters as overrides."""
    import simlin

    model = simlin.load(write_xmile(folder / f"growth_{method}.stmx", method))

    def run(count: int) -> Results:
        drawn, columns = members(count), []
        for member in range(count):
            with model.simulate({name: float(values[member]) for name, values in drawn.items()}) as simulation:
                simulation.run_to_end()
                columns.append([float(simulation.get_series(name)[-1]) for name in STOCKS])
        return _by_name(np.array(columns).T)

    return run


def pysd_loop(folder: Path) -> Peer:
    """PySD member by member; it knows Euler only."""
    import pysd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = pysd.read_xmile(str(write_xmile(folder / "growth_pysd.xmile", "euler")))

    def run(count: int) -> Results:
        drawn, columns = members(count), []
        for member in range(count):
            p = {name: float(values[member]) for name, values in drawn.items()}
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = model.run(params=p, return_columns=list(STOCKS), return_timestamps=[FIRST + YEARS])
            columns.append([float(found[name].iloc[-1]) for name in STOCKS])
        return _by_name(np.array(columns).T)

    return run
