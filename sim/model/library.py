"""The vocabulary of equations beyond numpy's arithmetic: sums and shares over dimensions, delays, trends, shapes in time.

Every function takes and returns symbols; each has a closed-form test in tests/model.
"""

from __future__ import annotations

from itertools import pairwise
from typing import cast

import numpy as np

from sim.base.arrays import Dimension
from sim.base.text import Text
from sim.model.declarations import Array
from sim.model.nodes import (
    AT,
    LOOKUP,
    PLACE,
    REGROUP,
    SHIFT,
    STACK,
    TOTAL,
    UNTIL_TURN,
    Frozen,
    HiddenStock,
    Literal,
    Read,
)
from sim.model.symbol import Symbol, Tracing, apply, as_node, spread


def _symbol(x: Array) -> Symbol:
    return cast(Symbol, x)


def _array(symbol: Symbol) -> Array:
    return cast(Array, symbol)


def _axis(symbol: Symbol, dim: str) -> int:
    if dim not in symbol.dims:
        have = symbol.dims or ("-",)
        message = Text(f"没有维度 {dim}，现有 {'、'.join(have)}", f"no dimension {dim}; it has {', '.join(have)}")
        raise symbol.trace.fault(message)
    return symbol.dims.index(dim)


def _dimension(trace: Tracing, name: str) -> Dimension:
    if name not in trace.dimensions:
        raise trace.fault(Text(f"模型没有维度 {name}", f"the model has no dimension {name}"))
    return trace.dimensions[name]


def _member(trace: Tracing, dim: str, member: str) -> int:
    dimension = _dimension(trace, dim)
    if member not in dimension.members:
        raise trace.fault(Text(f"维度 {dim} 没有成员 {member}", f"dimension {dim} has no member {member}"))
    return dimension.index(member)


def _years(trace: Tracing, years: Array | float) -> Array:
    node = as_node(years, trace)
    return _array(Symbol(Literal(node.value, "a") if isinstance(node, Literal) else node, trace))


def total(x: Array, over: str | tuple[str, ...]) -> Array:
    """Sum over one or more dimensions."""
    symbol = _symbol(x)
    names = (over,) if isinstance(over, str) else over
    axes = tuple(_axis(symbol, name) for name in names)
    dims = tuple(name for name in symbol.dims if name not in names)
    return _array(apply(symbol.trace, TOTAL, (symbol.node,), dims, {"axes": axes}))


def share(x: Array, over: str | tuple[str, ...]) -> Array:
    """Each member's part of the total: x / total(x, over)."""
    return x / total(x, over)


def weighted_sum(x: Array, weights: Array, over: str | tuple[str, ...]) -> Array:
    """Sum of x times weights."""
    return total(x * weights, over)


def weighted_mean(x: Array, weights: Array, over: str | tuple[str, ...]) -> Array:
    """Mean of x with weights: total(x*weights) / total(weights)."""
    return total(x * weights, over) / total(weights, over)


def at(x: Array, **members: str) -> Array:
    """The value at one member of each named dimension: at(x, sector="manufacturing")."""
    symbol = _symbol(x)
    for dim, member in members.items():
        settings = {"axis": _axis(symbol, dim), "member": _member(symbol.trace, dim, member)}
        dims = tuple(name for name in symbol.dims if name != dim)
        symbol = apply(symbol.trace, AT, (symbol.node,), dims, settings)
    return _array(symbol)


def by(dim: str, **parts: Array | float) -> Array:
    """One value per member of a dimension: by("sector", agriculture=..., manufacturing=..., ...). Every member is named."""
    trace = next(_symbol(cast(Array, part)).trace for part in parts.values() if isinstance(part, Symbol))
    members = _dimension(trace, dim).members
    if set(parts) != set(members):
        wrong = sorted(set(parts) ^ set(members))
        raise trace.fault(Text(f"by({dim}) 的成员不符：{'、'.join(wrong)}", f"by({dim}): members differ: {', '.join(wrong)}"))
    nodes = tuple(as_node(parts[member], trace) for member in members)
    shared = trace.ordered({name for node in nodes for name in node.dims})
    aligned = tuple(spread(trace, node, shared) for node in nodes)
    dims = trace.ordered({*shared, dim})
    return _array(apply(trace, STACK, aligned, dims, {"axis": dims.index(dim)}))


def place(x: Array, **member: str) -> Array:
    """Put x at one member of a new dimension, zero at the others: place(births, age="0")."""
    symbol = _symbol(x)
    for dim, name in member.items():
        dims = symbol.trace.ordered({*symbol.dims, dim})
        index = _member(symbol.trace, dim, name)
        settings = {"axis": dims.index(dim), "member": index, "size": len(_dimension(symbol.trace, dim).members)}
        symbol = apply(symbol.trace, PLACE, (symbol.node,), dims, settings)
    return _array(symbol)


def shift(x: Array, along: str, *, keep_last: bool = True) -> Array:
    """Move every member one place up an ordered dimension; the first becomes zero, the last keeps what it has as well."""
    symbol = _symbol(x)
    settings = {"axis": _axis(symbol, along), "keep_last": keep_last}
    return _array(apply(symbol.trace, SHIFT, (symbol.node,), symbol.dims, settings))


def regroup(x: Array, source: str, target: str, groups: dict[str, tuple[str, ...]]) -> Array:
    """Sum members of `source` into members of `target`. A source member may feed several targets."""
    symbol = _symbol(x)
    trace = symbol.trace
    axis = _axis(symbol, source)
    wanted = _dimension(trace, target).members
    if set(groups) != set(wanted):
        raise trace.fault(Text(f"regroup 须给出 {target} 的每个成员", f"regroup must give every member of {target}"))
    members = tuple(tuple(_member(trace, source, name) for name in groups[member]) for member in wanted)
    others = tuple(name for name in symbol.dims if name != source)
    dims = trace.ordered({*others, target})
    if tuple(target if name == source else name for name in symbol.dims) != dims:
        raise trace.fault(Text(f"{source} 与 {target} 在维度顺序中须相邻", f"{source} and {target} must take the same place"))
    return _array(apply(trace, REGROUP, (symbol.node,), dims, {"axis": axis, "groups": members}))


def roll_up(x: Array, fine: str, coarse: str) -> Array:
    """Sum the members of a finer dimension into those of the coarser one that it stands within."""
    trace = _symbol(x).trace
    finer, parents = _dimension(trace, fine).members, _parents(trace, fine, coarse)
    wanted = _dimension(trace, coarse).members
    groups = {name: tuple(item for item, parent in zip(finer, parents, strict=True) if parent == name) for name in wanted}
    return regroup(x, fine, coarse, groups)


def hand_down(x: Array, coarse: str, fine: str) -> Array:
    """Give every member of a finer dimension the value of the coarser member that it stands within."""
    trace = _symbol(x).trace
    parents = _parents(trace, fine, coarse)
    return regroup(
        x, coarse, fine, {name: (parent,) for name, parent in zip(trace.dimensions[fine].members, parents, strict=True)}
    )


def _parents(trace: Tracing, fine: str, coarse: str) -> tuple[str, ...]:
    parents = _dimension(trace, fine).within(coarse)
    if parents is None:
        raise trace.fault(Text(f"维度 {fine} 不是 {coarse} 的细分", f"dimension {fine} does not stand within {coarse}"))
    return parents


def lookup(x: Array, points: tuple[tuple[float, float], ...]) -> Array:
    """Piecewise linear function through (x, y) points with rising x; flat outside them. Bare numbers only."""
    symbol = _symbol(x)
    xs, ys = zip(*points, strict=True)
    if any(later <= earlier for earlier, later in pairwise(xs)):
        raise symbol.trace.fault(Text("lookup 的横坐标须递增", "the x values of lookup must rise"))
    return _array(apply(symbol.trace, LOOKUP, (symbol.node,), symbol.dims, {"xs": xs, "ys": ys}))


def initial(x: Array) -> Array:
    """The value of x at the start of the run."""
    symbol = _symbol(x)
    return _array(symbol.trace.freeze(Frozen(symbol.trace.new_name("initial"), symbol.node)))


def relative(x: Array) -> Array:
    """X against its value at the start of the run: x / initial(x)."""
    return x / initial(x)


def starting_rate(base_total: Array, growth: Array | float) -> Array:
    """The rate at the start of the run of a flow whose total over the base year was `base_total`.

    With constant yearly growth g the flow of the first year is then base_total*(1+g) exactly, whatever the method and step:
    base_total*(1+g)/m, where m is the mean of (1+g)^s over the first year as the method itself sums it.
    """
    symbol = _symbol(base_total)
    frozen = Frozen(symbol.trace.new_name("start"), symbol.node, as_node(growth, symbol.trace))
    return _array(symbol.trace.freeze(frozen))


def growth(level: Array) -> Array:
    """Relative growth per year of a stock, from its own net rate."""
    symbol = _symbol(level)
    node = symbol.node
    rate_name = f"{node.name}.rate" if isinstance(node, Read) else ""
    if rate_name not in symbol.trace.readable:
        raise symbol.trace.fault(
            Text("growth 只用于存量", "growth is for stocks"),
            Text("流量和辅助变量请用 trend(x, years)", "for flows and auxiliaries write trend(x, years)"),
        )
    return _array(symbol.trace.read(rate_name)) / level


def smooth(x: Array, years: Array | float, start: Array | float | None = None) -> Array:
    """Exponential average: dS/dt = (x - S)/years, S = x at the start unless `start` is given."""
    symbol = _symbol(x)
    trace = symbol.trace
    name = trace.new_name("smooth")
    current = _array(Symbol(Read(name, symbol.dims), trace))
    period = _years(trace, years)
    first = symbol.node if start is None else spread(trace, as_node(start, trace), symbol.dims)
    rate = _symbol((x - current) / period).node
    return _array(trace.keep(HiddenStock(name, symbol.dims, first, rate, like=symbol.node)))


def trend(x: Array, years: float, start: Array | None = None) -> Array:
    """Relative growth per year of any positive quantity, measured against its average over `years`.

    With S' = (x - S)/years the trend is (x - S)/(S*years). S starts so that the first value is `start` (per year), or zero.
    """
    period = _years(_symbol(x).trace, years)
    average = smooth(x, years, x if start is None else x / (1.0 + start * period))
    return (x - average) / (average * period)


def delay1(x: Array, years: Array | float) -> Array:
    """First-order material delay: what flows in leaves after `years` on average. In balance at the start."""
    symbol = _symbol(x)
    trace = symbol.trace
    name = trace.new_name("delay")
    held = _array(Symbol(Read(name, symbol.dims), trace))
    period = _years(trace, years)
    first = _symbol(x * period).node
    trace.keep(HiddenStock(name, symbol.dims, first, _symbol(x - held / period).node, like=first))
    return held / period


def delay3(x: Array, years: Array | float) -> Array:
    """Third-order material delay: three first-order delays of a third of the time each."""
    return delay1(delay1(delay1(x, years / 3.0), years / 3.0), years / 3.0)


def accumulate(x: Array) -> Array:
    """Total of x since the last 1 January; an event reads the total of the year."""
    symbol = _symbol(x)
    trace = symbol.trace
    zero = spread(trace, Literal(0.0), symbol.dims)
    name = trace.new_name("total")
    return _array(trace.keep(HiddenStock(name, symbol.dims, zero, symbol.node, like=symbol.node, yearly_total=True)))


def step(time: Array, height: float, start: float) -> Array:
    """Zero before `start`, `height` from then on."""
    return np.where(time >= start, height, 0.0)


def ramp(time: Array, slope: float, start: float, end: float) -> Array:
    """Zero before `start`, rising by `slope` a year until `end`, then level."""
    return slope * (np.clip(time, start, end) - start)


def pulse(time: Array, height: float, start: float, length: float) -> Array:
    """`height` from `start` for `length` years, zero otherwise."""
    return np.where(time >= start, np.where(time < start + length, height, 0.0), 0.0)


def noise(name: str, like: Array) -> Array:
    """A standard normal number per year and draw, from the named random stream; zero in a run without draws."""
    trace = _symbol(like).trace
    return _array(Symbol(Read(f"noise:{name}", ()), trace))


def until_turn(x: Array) -> Array:
    """The value of x until the events of the turn of the year, zero once they are over.

    For what joins a stock at the turn of the year, such as a shock that lasts: so it is not counted twice in the year's report.
    """
    trace = _symbol(x).trace
    return x * _array(Symbol(Read(UNTIL_TURN, ()), trace))
