"""Hold a city's bindings and checks against its model and history, so that a wrong name is a fault before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sim.errors import Faults, Place, nearest
from sim.inputs.checks import PublishedCheck
from sim.inputs.history import History
from sim.inputs.targets import Binding, Catalogue, PlanTarget
from sim.model.declarations import Variable
from sim.model.graph import Graph
from sim.outputs.dataset import yearly_unit
from sim.text import Text
from sim.units import UnknownUnitError, conversion

PERCENT, RATIO = "%", "ratio"


def fail_if_bindings_wrong(catalogue: Catalogue, graph: Graph, history: History) -> None:
    """Every binding names a variable by region, with a unit that fits the target, and indicators that exist.

    Raises
    ------
    InputError
        with every binding that does not.
    """
    faults = Faults()
    for key, binding in catalogue.bindings.items():
        place = Place(catalogue.file, key=key)
        _check_variable(binding.variable, (), graph, place, faults)
        if binding.variable in graph.quantities:
            _check_target(catalogue.targets[key], binding, graph, place, faults)
        for indicator in (binding.history, binding.past):
            _check_indicator(indicator, history, place, faults)
        if binding.history in history.indicators():
            unit = next(datum.unit for datum in history.data if datum.indicator == binding.history)
            _check_units(unit, catalogue.targets[key].unit, place, faults)
    faults.raise_if_any()


def fail_if_checks_wrong(
    checks: Iterable[PublishedCheck], graph: Graph, history: History, indicators: Callable[[], Iterable[str]] = tuple
) -> None:
    """Every check names a variable, members and indicators that exist, in units that fit; every break an indicator that exists.

    `indicators` gives those that the model knows, asked for when the city has no data of one: that is then no fault.

    Raises
    ------
    InputError
        with every check that does not.
    """
    faults, had, checks = Faults(), history.indicators(), tuple(checks)
    for check in checks:
        place = Place(key=f"checks.yaml {check.label.en}")
        _check_variable(check.variable, tuple(check.members), graph, place, faults)
        held_against = [name for name in (check.numerator, check.denominator) if name is not None] or [check.history]
        for indicator in (name for name in held_against if name not in had and name not in indicators()):
            _check_indicator(indicator, history, place, faults)
        for dim, members in check.members.items():
            known = graph.dimensions[dim].members if dim in graph.dimensions else ()
            for member in (name for name in members if name not in known):
                faults.add(Text(f"{dim} 没有成员 {member}", f"{dim} has no member {member}"), place, nearest(member, known))
        if not faults.found and had.issuperset(held_against):
            _check_units(_unit_of_check(check, graph), _unit_published(check, history), place, faults)
    _check_fit_rules(checks, graph, faults)
    _check_breaks(history, indicators, faults)
    faults.raise_if_any()


def _check_breaks(history: History, indicators: Callable[[], Iterable[str]], faults: Faults) -> None:
    """A break that concerns no indicator at all is a misspelt one: the jump it should declare would pass for growth."""
    known = history.indicators()
    if any(item.strangers(known) for item in history.breaks):
        known = {*known, *indicators()}
    for item in history.breaks:
        for pattern in item.strangers(known):
            message = Text(f"没有指标与 {pattern} 相符", f"no indicator is like {pattern}")
            faults.add(message, item.place, nearest(pattern, known))


def _check_fit_rules(checks: Iterable[PublishedCheck], graph: Graph, faults: Faults) -> None:
    """The shocks of a fit rule are parameters that are one number, and what it goes beyond is fitted itself."""
    rules = [(check, check.fit) for check in checks if check.fit is not None]
    fitted = [check.history for check, _ in rules]
    used = [name for _, rule in rules for name in (rule.common, rule.own)]
    for name in sorted({name for name in (*fitted, *used) if fitted.count(name) > 1 or used.count(name) > 1}):
        message = Text(f"{name} 在拟合规则中出现两次", f"{name} stands in two fit rules")
        faults.add(message, Place(key="checks.yaml"))
    single = [name for name, item in graph.parameters.items() if not item.dims]
    for check, rule in rules:
        place = Place(key=f"checks.yaml {check.label.en}: fit")
        for name in (name for name in (rule.common, rule.own) if name not in single):
            message = Text(f"模型没有单一数值的参数 {name}", f"the model has no parameter {name} that is one number")
            faults.add(message, place, nearest(name, single))
        if rule.beyond is not None and (rule.beyond not in fitted or rule.beyond == check.history):
            message = Text(
                f"beyond 须写另一个有拟合规则的指标，而非 {rule.beyond}",
                f"beyond must name another fitted indicator, not {rule.beyond}",
            )
            faults.add(message, place, nearest(rule.beyond, [name for name in fitted if name != check.history]))


def _unit_of_check(check: PublishedCheck, graph: Graph) -> str:
    return RATIO if check.reading in ("growth", "share") else _yearly(check.variable, graph)


def _unit_published(check: PublishedCheck, history: History) -> str:
    if check.numerator is not None:
        return PERCENT
    return next(datum.unit for datum in history.data if datum.indicator == check.history)


def _yearly(name: str, graph: Graph) -> str:
    item = graph.quantities[name]
    return yearly_unit(item.unit, item.kind if isinstance(item, Variable) else "level")


def _check_variable(name: str, summed: tuple[str, ...], graph: Graph, place: Place, faults: Faults) -> None:
    if name not in graph.quantities:
        faults.add(Text(f"模型没有变量 {name}", f"the model has no variable {name}"), place, nearest(name, graph.quantities))
        return
    dims = graph.quantities[name].dims
    for dim in (dim for dim in summed if dim not in dims):
        faults.add(Text(f"{name} 没有维度 {dim}", f"{name} has no dimension {dim}"), place, nearest(dim, dims))
    left = [dim for dim in dims if dim != "region" and dim not in summed]
    if left:
        message = Text(f"{name} 还有维度 {left[0]}，须汇总", f"{name} has the dimension {left[0]}, which must be summed")
        faults.add(message, place)


def _check_target(target: PlanTarget, binding: Binding, graph: Graph, place: Place, faults: Faults) -> None:
    region, regions = binding.region or target.region, graph.dimensions["region"].members
    if region not in regions:
        faults.add(Text(f"模型没有地区 {region}", f"the model has no region {region}"), place, nearest(region, regions))
    _check_units(_yearly(binding.variable, graph), target.unit, place, faults)


def _check_indicator(indicator: str | None, history: History, place: Place, faults: Faults) -> None:
    known = history.indicators()
    if indicator is not None and indicator not in known:
        faults.add(Text(f"历史数据没有 {indicator}", f"no indicator {indicator}"), place, nearest(indicator, known))


def _check_units(have: str, want: str, place: Place, faults: Faults) -> None:
    try:
        conversion(have, want)
    except (UnknownUnitError, ValueError):
        faults.add(Text(f"单位 {have} 不能换算为 {want}", f"{have} cannot be turned into {want}"), place)
