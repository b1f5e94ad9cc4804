"""The vocabulary of equations over dimensions: sums, shares and means, single members, and groups of members.

In the examples `evaluate` gives the value of an equation at the numbers that stand beside it; a region is north or south, a
sector is a farm, a factory or a shop, of which farms and factories make goods and shops offer services, and an age is 0, 1, 2
or 3plus. tests/model/test_examples.py runs them, tests/model/test_library.py has a closed form for each function.
"""

from __future__ import annotations

from sim.base.text import Text
from sim.model.declarations import Array
from sim.model.nodes import AT, PLACE, REGROUP, SHIFT, STACK, TOTAL, Apply
from sim.model.symbol import Symbol, Tracing


def total(x: Array, over: str | tuple[str, ...]) -> Array:
    """Sum over one or more dimensions.

    Parameters
    ----------
    x
        Any quantity.
    over
        The dimensions to sum over, each of which `x` has.

    Returns
    -------
    Array
        The sum: the other dimensions of `x`, in its unit.

    Raises
    ------
    ModelError
        when `x` lacks one of the dimensions.

    Examples
    --------
    >>> evaluate(lambda x: total(x, over="sector"), x=("sector", [2.0, 3.0, 5.0]))
    10.0
    """
    symbol = Symbol.of(x)
    names = (over,) if isinstance(over, str) else over
    axes = tuple(symbol.axis(name) for name in names)
    return symbol.apply(TOTAL, tuple(name for name in symbol.dims if name not in names), axes=axes)


def share(x: Array, over: str | tuple[str, ...]) -> Array:
    """Each member's part of the total: x / total(x, over).

    Parameters
    ----------
    x
        Any quantity.
    over
        The dimensions of the whole, each of which `x` has.

    Returns
    -------
    Array
        The shares: the dimensions of `x`, a bare number.

    Raises
    ------
    ModelError
        when `x` lacks one of the dimensions.

    Examples
    --------
    >>> evaluate(lambda x: share(x, over="sector"), x=("sector", [2.0, 3.0, 5.0]))
    [0.2, 0.3, 0.5]
    """
    return x / total(x, over)


def weighted_sum(x: Array, weights: Array, over: str | tuple[str, ...]) -> Array:
    """Sum of x times weights.

    Parameters
    ----------
    x
        Any quantity.
    weights
        What each member is multiplied by.
    over
        The dimensions to sum over, each of which `x` or `weights` has.

    Returns
    -------
    Array
        The sum: the other dimensions of both, in the product of their units.

    Raises
    ------
    ModelError
        when both lack one of the dimensions.

    Examples
    --------
    >>> evaluate(lambda x, w: weighted_sum(x, w, over="sector"), x=("sector", [2.0, 3.0, 5.0]), w=("sector", [1.0, 0.0, 3.0]))
    17.0
    """
    return total(x * weights, over)


def weighted_mean(x: Array, weights: Array, over: str | tuple[str, ...]) -> Array:
    """Mean of x with weights: total(x*weights) / total(weights).

    Parameters
    ----------
    x
        Any quantity.
    weights
        Weights of any unit and sum; zero in all members leaves the mean undefined.
    over
        The dimensions to average over, each of which `weights` has.

    Returns
    -------
    Array
        The mean: the other dimensions of both, in the unit of `x`.

    Raises
    ------
    ModelError
        when `weights` lacks one of the dimensions.

    Examples
    --------
    >>> evaluate(lambda x, w: weighted_mean(x, w, over="sector"), x=("sector", [2.0, 3.0, 5.0]), w=("sector", [1.0, 0.0, 3.0]))
    4.25
    """
    return total(x * weights, over) / total(weights, over)


def at(x: Array, **members: str) -> Array:
    """The value at one member of each named dimension.

    Parameters
    ----------
    x
        Any quantity.
    **members
        Dimensions of `x`, each with the member to read.

    Returns
    -------
    Array
        The value: the other dimensions of `x`, in its unit.

    Raises
    ------
    ModelError
        when `x` lacks a dimension, or the dimension has no such member.

    Examples
    --------
    >>> evaluate(lambda x: at(x, sector="factory"), x=("sector", [2.0, 3.0, 5.0]))
    3.0
    """
    symbol = Symbol.of(x)
    for dim, name in members.items():
        axis, member = symbol.axis(dim), symbol.trace.member(dim, name)
        symbol = Symbol.of(symbol.apply(AT, tuple(other for other in symbol.dims if other != dim), axis=axis, member=member))
    return symbol.trace.array(symbol.node)


def by(dim: str, **parts: Array | float) -> Array:
    """One value for each member of a dimension.

    Parameters
    ----------
    dim
        A dimension of the model.
    **parts
        A value for every member, all of one unit; at least one is no plain number.

    Returns
    -------
    Array
        The values in one array: the dimensions of all parts and `dim`, in their unit.

    Raises
    ------
    ModelError
        when a member is missing, or one is named that the dimension does not have.

    Examples
    --------
    >>> evaluate(lambda x: by("sector", farm=x, factory=2.0 * x, shop=0.0), x=3.0)
    [3.0, 6.0, 0.0]
    """
    trace = next(part.trace for part in map(Symbol.of, parts.values()) if isinstance(part, Symbol))
    members = trace.dimension(dim).members
    if set(parts) != set(members):
        wrong = sorted(set(parts) ^ set(members))
        raise trace.fault(Text(f"by({dim}) 的成员不符：{'、'.join(wrong)}", f"by({dim}): members differ: {', '.join(wrong)}"))
    nodes = [trace.node(parts[member]) for member in members]
    shared = trace.ordered({name for node in nodes for name in node.dims})
    dims = trace.ordered({*shared, dim})
    return trace.array(Apply(STACK, tuple(trace.spread(node, shared) for node in nodes), dims, {"axis": dims.index(dim)}))


def place(x: Array, **members: str) -> Array:
    """Put x at one member of a new dimension, zero at the others.

    Parameters
    ----------
    x
        Any quantity.
    **members
        Dimensions that `x` lacks, each with the member to put it at.

    Returns
    -------
    Array
        The dimensions of `x` and the new ones, in its unit.

    Raises
    ------
    ModelError
        when the model has no such dimension, or the dimension no such member.

    Examples
    --------
    >>> evaluate(lambda births: place(births, age="0"), births=7.0)
    [7.0, 0.0, 0.0, 0.0]
    """
    symbol = Symbol.of(x)
    for dim, name in members.items():
        dims, member = symbol.trace.ordered({*symbol.dims, dim}), symbol.trace.member(dim, name)
        size = len(symbol.trace.dimension(dim).members)
        symbol = Symbol.of(symbol.apply(PLACE, dims, axis=dims.index(dim), member=member, size=size))
    return symbol.trace.array(symbol.node)


def shift(x: Array, along: str, *, keep_last: bool = True) -> Array:
    """Move every member one place up an ordered dimension; the first becomes zero.

    Parameters
    ----------
    x
        Any quantity, such as residents by age.
    along
        A dimension of `x`.
    keep_last
        Let the last member keep what it has, beside what it is given; otherwise that is lost.

    Returns
    -------
    Array
        The dimensions of `x`, in its unit.

    Raises
    ------
    ModelError
        when `x` lacks the dimension.

    Examples
    --------
    >>> evaluate(lambda x: shift(x, along="age"), x=("age", [1.0, 2.0, 3.0, 4.0]))
    [0.0, 1.0, 2.0, 7.0]
    """
    symbol = Symbol.of(x)
    return symbol.apply(SHIFT, symbol.dims, axis=symbol.axis(along), keep_last=keep_last)


def regroup(x: Array, source: str, target: str, groups: dict[str, tuple[str, ...]]) -> Array:
    """Sum members of one dimension into members of another.

    Parameters
    ----------
    x
        Any quantity.
    source
        A dimension of `x`.
    target
        The dimension that takes its place; in the order of the model's dimensions they stand beside each other.
    groups
        For every member of `target`, the members of `source` to sum; one may stand in several groups.

    Returns
    -------
    Array
        The dimensions of `x` with `target` for `source`, in its unit.

    Raises
    ------
    ModelError
        when a member of `target` has no group, a group names an unknown member, or other dimensions stand between the two.

    Examples
    --------
    >>> made = {"goods": ("farm", "factory"), "services": ("shop",)}
    >>> evaluate(lambda x: regroup(x, "sector", "kind", made), x=("sector", [2.0, 3.0, 5.0]))
    [5.0, 5.0]
    """
    symbol = Symbol.of(x)
    trace, axis, wanted = symbol.trace, symbol.axis(source), symbol.trace.dimension(target).members
    if set(groups) != set(wanted):
        raise trace.fault(Text(f"regroup 须给出 {target} 的每个成员", f"regroup must give every member of {target}"))
    members = tuple(tuple(trace.member(source, name) for name in groups[member]) for member in wanted)
    dims = tuple(target if name == source else name for name in symbol.dims)
    if dims != trace.ordered(set(dims)):
        raise trace.fault(Text(f"{source} 与 {target} 在维度顺序中须相邻", f"{source} and {target} must take the same place"))
    return symbol.apply(REGROUP, dims, axis=axis, groups=members)


def roll_up(x: Array, fine: str, coarse: str) -> Array:
    """Sum the members of a finer dimension into those of the coarser one that it stands within.

    Parameters
    ----------
    x
        Any quantity with the dimension `fine`.
    fine, coarse
        Dimensions of the model; each member of the finer one names its parent among the members of the coarser one.

    Returns
    -------
    Array
        The dimensions of `x` with `coarse` for `fine`, in its unit.

    Raises
    ------
    ModelError
        when `fine` does not stand within `coarse`.

    Examples
    --------
    >>> evaluate(lambda x: roll_up(x, "sector", "kind"), x=("sector", [2.0, 3.0, 5.0]))
    [5.0, 5.0]
    """
    trace = Symbol.of(x).trace
    parents = _parents(trace, fine, coarse)
    wanted = trace.dimension(coarse).members
    groups = {name: tuple(member for member, parent in parents.items() if parent == name) for name in wanted}
    return regroup(x, fine, coarse, groups)


def hand_down(x: Array, coarse: str, fine: str) -> Array:
    """Give every member of a finer dimension the value of the coarser member that it stands within.

    Parameters
    ----------
    x
        Any quantity with the dimension `coarse`.
    coarse, fine
        Dimensions of the model; each member of the finer one names its parent among the members of the coarser one.

    Returns
    -------
    Array
        The dimensions of `x` with `fine` for `coarse`, in its unit.

    Raises
    ------
    ModelError
        when `fine` does not stand within `coarse`.

    Examples
    --------
    >>> evaluate(lambda x: hand_down(x, "kind", "sector"), x=("kind", [4.0, 6.0]))
    [4.0, 4.0, 6.0]
    """
    parents = _parents(Symbol.of(x).trace, fine, coarse)
    return regroup(x, coarse, fine, {member: (parent,) for member, parent in parents.items()})


def _parents(trace: Tracing, fine: str, coarse: str) -> dict[str, str]:
    parents = trace.dimension(fine).within(coarse)
    if parents is None:
        raise trace.fault(Text(f"维度 {fine} 不是 {coarse} 的细分", f"dimension {fine} does not stand within {coarse}"))
    return dict(zip(trace.dimensions[fine].members, parents, strict=True))
