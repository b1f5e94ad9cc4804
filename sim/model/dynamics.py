"""The vocabulary of equations over time: the start of the run, delays and trends, totals of the year, shocks.

In the examples `evaluate` gives the value of an equation in the base year 2020, or with `years` its values at the end of that
many years; `time` is then 2022, 2023 and so on. tests/model/test_examples.py runs them,
tests/model/test_library.py has a closed form for each function.
"""

from __future__ import annotations

from sim.base.text import Text
from sim.model.declarations import Array
from sim.model.nodes import UNTIL_TURN, Frozen, HiddenStock, Literal, Read
from sim.model.symbol import Symbol, Tracing


def initial(x: Array) -> Array:
    """The value of x at the start of the run.

    Parameters
    ----------
    x
        Any quantity.

    Returns
    -------
    Array
        The value: the dimensions and the unit of `x`.

    Examples
    --------
    >>> evaluate(lambda time: time - initial(time), years=3)
    [1.0, 2.0, 3.0]
    """
    symbol = Symbol.of(x)
    return symbol.trace.freeze(Frozen(symbol.trace.new_name("initial"), symbol.node))


def relative(x: Array) -> Array:
    """X against its value at the start of the run: x / initial(x).

    Parameters
    ----------
    x
        Any quantity that is not zero at the start.

    Returns
    -------
    Array
        The ratio: the dimensions of `x`, a bare number that is one at the start.

    Examples
    --------
    >>> evaluate(lambda time: relative(time - 2020.0), years=3)
    [2.0, 3.0, 4.0]
    """
    return x / initial(x)


def starting_rate(base_total: Array, growth: Array | float) -> Array:
    """The rate at the start of the run of a flow whose total over the base year was `base_total`.

    With constant yearly growth g the flow of the first year is then base_total*(1+g) exactly, whatever the method and step:
    base_total*(1+g)/m, where m is the mean of (1+g)^s over the first year as the method itself sums it.

    Parameters
    ----------
    base_total
        The total of the base year.
    growth
        Growth per year, a bare number above -1.

    Returns
    -------
    Array
        The rate: the dimensions and the unit of `base_total`.

    Examples
    --------
    >>> evaluate(lambda x: starting_rate(x, growth=0.1), years=1, x=100.0)
    [104.841]
    """
    symbol = Symbol.of(base_total)
    return symbol.trace.freeze(Frozen(symbol.trace.new_name("start"), symbol.node, symbol.trace.node(growth)))


def growth(level: Array) -> Array:
    """Relative growth per year of a stock, from its own net rate.

    Parameters
    ----------
    level
        A stock, as the equation reads it.

    Returns
    -------
    Array
        Growth per year: the dimensions of the stock, in one over its unit of time.

    Raises
    ------
    ModelError
        when `level` is not a stock; `trend` is for anything else.

    Examples
    --------
    >>> @stock(unit="ratio", initial=100.0)
    ... def wealth(wealth: Array) -> Array:
    ...     return 0.05 * wealth
    >>> evaluate(lambda wealth: growth(wealth), wealth)
    0.05
    """
    symbol = Symbol.of(level)
    rate_name = f"{symbol.node.name}.rate" if isinstance(symbol.node, Read) else ""
    if rate_name not in symbol.trace.readable:
        raise symbol.trace.fault(
            Text("growth 只用于存量", "growth is for stocks"),
            Text("流量和辅助变量请用 trend(x, years)", "for flows and auxiliaries write trend(x, years)"),
        )
    return symbol.trace.read(rate_name) / level


def smooth(x: Array, years: Array | float, start: Array | float | None = None) -> Array:
    """Exponential average: dS/dt = (x - S)/years.

    Parameters
    ----------
    x
        Any quantity.
    years
        The time constant, a number of years or a quantity in years. A step much longer than it makes the average unstable.
    start
        The first value, in the unit of `x` and with no dimension that `x` lacks; `x` itself where it is not given.

    Returns
    -------
    Array
        The average: the dimensions and the unit of `x`.

    Examples
    --------
    >>> evaluate(lambda x: smooth(x, years=2.0, start=0.0), years=3, x=1.0)
    [0.393, 0.632, 0.777]
    """
    symbol = Symbol.of(x)
    trace, name = symbol.trace, symbol.trace.new_name("smooth")
    rate = (x - trace.array(Read(name, symbol.dims))) / _years(trace, years)
    first = symbol.node if start is None else trace.spread(trace.node(start), symbol.dims)
    return trace.keep(HiddenStock(name, symbol.dims, first, trace.node(rate), like=symbol.node))


def trend(x: Array, years: float, start: Array | None = None) -> Array:
    """Relative growth per year of any positive quantity, measured against its average over `years`.

    With S' = (x - S)/years the trend is (x - S)/(S*years).

    Parameters
    ----------
    x
        A positive quantity.
    years
        The time constant of the average.
    start
        The first value of the trend per year; zero where it is not given.

    Returns
    -------
    Array
        Growth per year: the dimensions of `x`, in one over years.

    Examples
    --------
    >>> evaluate(lambda time: trend(np.exp(0.05 * (time - 2021.0)), years=2.0), years=3)
    [0.02, 0.032, 0.04]
    """
    period = _years(Symbol.of(x).trace, years)
    average = smooth(x, years, x if start is None else x / (1.0 + start * period))
    return (x - average) / (average * period)


def delay1(x: Array, years: Array | float) -> Array:
    """First-order material delay: what flows in leaves after `years` on average.

    Parameters
    ----------
    x
        A rate.
    years
        The mean time, a number of years or a quantity in years. A step much longer than it makes the delay unstable.

    Returns
    -------
    Array
        The rate of what leaves, in balance at the start: the dimensions and the unit of `x`.

    Examples
    --------
    >>> evaluate(lambda time: delay1(time - 2020.0, years=2.0), years=3)
    [1.213, 1.736, 2.446]
    """
    symbol = Symbol.of(x)
    trace, name = symbol.trace, symbol.trace.new_name("delay")
    period = _years(trace, years)
    leaving, first = trace.array(Read(name, symbol.dims)) / period, trace.node(x * period)
    trace.keep(HiddenStock(name, symbol.dims, first, trace.node(x - leaving), like=first))
    return leaving


def delay3(x: Array, years: Array | float) -> Array:
    """Third-order material delay: three first-order delays of a third of the time each.

    Parameters
    ----------
    x
        A rate.
    years
        The mean time in all.

    Returns
    -------
    Array
        The rate of what leaves, in balance at the start: the dimensions and the unit of `x`.

    Examples
    --------
    >>> evaluate(lambda time: delay3(time - 2020.0, years=2.0), years=3)
    [1.06, 1.448, 2.164]
    """
    return delay1(delay1(delay1(x, years / 3.0), years / 3.0), years / 3.0)


def accumulate(x: Array) -> Array:
    """Total of x since the last 1 January; an event reads the total of the year.

    Parameters
    ----------
    x
        A rate.

    Returns
    -------
    Array
        The total: the dimensions of `x`, in its unit times years; zero once the events of the year are over.

    Examples
    --------
    >>> @stock(unit="ratio", initial=0.0)
    ... def booked(x: Array) -> Array:
    ...     return 0.0
    >>> @event(stock="booked", order=1)
    ... def book(booked: Array, x: Array) -> Array:
    ...     return booked + accumulate(x)
    >>> evaluate(lambda booked: 1.0 * booked, booked, book, years=2, x=3.0)
    [3.0, 6.0]
    """
    symbol = Symbol.of(x)
    trace, zero = symbol.trace, symbol.trace.spread(Literal(0.0), symbol.dims)
    return trace.keep(HiddenStock(trace.new_name("total"), symbol.dims, zero, symbol.node, like=symbol.node, yearly_total=True))


def _years(trace: Tracing, years: Array | float) -> Array:
    """A time constant, which is in years where it is a plain number."""
    node = trace.node(years)
    return trace.array(Literal(node.value, "a") if isinstance(node, Literal) else node)


def noise(name: str, like: Array) -> Array:
    """A standard normal number for each year and draw, from the named random stream.

    Parameters
    ----------
    name
        The stream. Equations that name the same one read the same numbers, and another stream changes none of them.
    like
        Any quantity of the equation.

    Returns
    -------
    Array
        No dimensions, a bare number; zero in a run without draws and in the base year.

    Examples
    --------
    >>> evaluate(lambda x: x + noise("weather", like=x), x=1.0)
    1.0
    """
    return Symbol.of(like).trace.array(Read(f"noise:{name}", ()))


def until_turn(x: Array) -> Array:
    """The value of x until the events of the turn of the year, zero once they are over.

    For what joins a stock at the turn of the year, such as a shock that lasts: so it is not counted twice in the year's report.

    Parameters
    ----------
    x
        Any quantity.

    Returns
    -------
    Array
        The dimensions and the unit of `x`.

    Examples
    --------
    >>> evaluate(lambda x: until_turn(x), x=1.0)
    1.0
    >>> evaluate(lambda x: until_turn(x), years=2, x=1.0)
    [0.0, 0.0]
    """
    return x * Symbol.of(x).trace.array(Read(UNTIL_TURN, ()))
