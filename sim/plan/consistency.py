"""Hold a city's bindings and checks against its model and history, so that a wrong name is a fault before anything runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text
from sim.base.units import UnknownUnitError, conversion
from sim.inputs.bindings import Binding
from sim.inputs.history import History
from sim.inputs.ledger import Ledger
from sim.inputs.model_files import PublishedCheck
from sim.inputs.targets import Catalogue, PlanTarget
from sim.ledger.selection import selected, words
from sim.model.graph import Graph
from sim.plan.reading import DISTRICT, GROWTH, is_intensive, quotient, unit_of

PERCENT, RATIO = "%", "ratio"


def fail_if_bindings_wrong(
    catalogue: Catalogue, graph: Graph, history: History, ledger: Ledger, groups: Mapping[str, tuple[str, ...]]
) -> None:
    """Every binding names a variable by region, with a unit and a price basis that fit the target, and what exists.

    Measures name published indicators that exist.

    Raises
    ------
    InputError
        with every binding and measure that does not.
    """
    faults = Faults()
    for key, binding in catalogue.bindings.items():
        place = binding.place()
        if binding.variable not in graph.quantities or (binding.over or binding.variable) not in graph.quantities:
            for name in (binding.variable, binding.over):
                _check_variable(name or binding.variable, tuple(binding.members), graph, place, faults, places=True)
            continue
        for name in (item for item in (binding.variable, binding.over) if item is not None):
            _check_variable(name, tuple(binding.members), graph, place, faults, places=True)
            _check_region(name, catalogue.targets[key], binding, graph, groups, place, faults)
        _check_members(binding, graph, place, faults)
        _check_reading(catalogue.targets[key], binding, graph, place, faults)
        for indicator in (binding.history, binding.past):
            _check_indicator(indicator, history, place, faults)
        if binding.history in history.indicators():
            unit = next(datum.unit for datum in history.data if datum.indicator == binding.history)
            _check_units(unit, catalogue.targets[key].unit, place, faults)
    _check_other_kinds(catalogue, history, ledger, groups, faults)
    for entry in catalogue.measures.by_name.values():
        for indicator in (entry.history, entry.growth_history, entry.additions_history):
            _check_indicator(indicator, history, entry.place(), faults)
    faults.raise_if_any()


def _check_region(
    name: str,
    target: PlanTarget,
    binding: Binding,
    graph: Graph,
    groups: Mapping[str, tuple[str, ...]],
    place: Place,
    faults: Faults,
) -> None:
    """The region must be one that the variable has; what cannot be added up is read of one district only."""
    dims, wanted = graph.quantities[name].dims, binding.region or target.region
    regions = graph.dimensions["region"].members
    districts = graph.dimensions[DISTRICT].members if DISTRICT in graph.dimensions else ()
    known = [*regions, *(districts if DISTRICT in dims else ()), *(groups if DISTRICT in dims else ())]
    if (DISTRICT in dims or "region" in dims) and wanted not in known:
        message = Text(f"{name} 没有地区 {wanted}", f"{name} has no region {wanted}")
        faults.add(message, place, nearest(wanted, known))
    several = DISTRICT in dims and wanted not in districts and len(districts) > 1
    if several and is_intensive(unit_of(name, graph)) and wanted in known:
        message = Text(f"{name} 是比率，不能按 {wanted} 加总", f"{name} is a ratio and cannot be added up over {wanted}")
        faults.add(message, place, Text("用 over 写明分母", "state the denominator with over"))


def _check_members(binding: Binding, graph: Graph, place: Place, faults: Faults) -> None:
    for dim, members in binding.members.items():
        known = graph.dimensions[dim].members if dim in graph.dimensions else ()
        for member in (name for name in members if name not in known):
            faults.add(Text(f"{dim} 没有成员 {member}", f"{dim} has no member {member}"), place, nearest(member, known))


def _check_reading(target: PlanTarget, binding: Binding, graph: Graph, place: Place, faults: Faults) -> None:
    """Unit and price basis of what is read must be those of the target."""
    unit = unit_of(binding.variable, graph)
    if binding.reading in GROWTH:
        _check_units(RATIO, target.unit, place, faults)
    elif binding.over is None:
        _check_units(unit, target.unit, place, faults)
    else:
        try:
            quotient(unit, unit_of(binding.over, graph), target.unit)
        except (UnknownUnitError, ValueError):
            message = Text(
                f"{unit} / {binding.over} 不能换算为 {target.unit}", f"{unit} over {binding.over} is not {target.unit}"
            )
            faults.add(message, place)
    have = price_basis(graph.quantities[binding.variable].unit)
    if binding.price != "none" and have not in ("none", binding.price):
        message = Text(
            f"价格基准 {binding.price} 与 {binding.variable} 的单位 {unit} 不符",
            f"the price basis {binding.price} does not fit {binding.variable} in {unit}",
        )
        faults.add(message, place)
    if binding.price == "none" and have != "none" and binding.over is None:
        faults.add(Text("金额须写明价格基准", "the price basis of money must be stated"), place)


def price_basis(unit: str) -> str:
    """Whether a unit is money at current prices, at prices of 2020, or none."""
    money = [part for part in unit.split("/", maxsplit=1)[0].split("*") if part.removesuffix("_2020") in ("亿元", "万元", "元")]
    if not money:
        return "none"
    return "real" if money[0].endswith("_2020") else "nominal"


def _check_other_kinds(
    catalogue: Catalogue, history: History, ledger: Ledger, groups: Mapping[str, tuple[str, ...]], faults: Faults
) -> None:
    for delivered in catalogue.by_kind.ledger.values():
        place = delivered.place()
        for word in delivered.projects:
            if selected(word, ledger) is None and word not in [f"class:{name}" for name in ledger.classes]:
                message = Text(f"台账中没有“{word}”", f"the ledger knows no '{word}'")
                faults.add(message, place, nearest(word, words(ledger)))
        if not delivered.projects and delivered.no_base is None:
            message = Text(
                "须写 projects，或以 no_base 说明为何不判定", "state projects, or by no_base why there is no verdict"
            )
            faults.add(message, place)
        known = (*ledger.names.districts, *groups)
        if delivered.region is not None and delivered.region not in known:
            message = Text(f"没有分区 {delivered.region}", f"no district {delivered.region}")
            faults.add(message, place, nearest(delivered.region, known))
    for key, past in catalogue.by_kind.history.items():
        place = past.place()
        _check_indicator(past.indicator, history, place, faults)
        if past.indicator in history.indicators():
            unit = next(datum.unit for datum in history.data if datum.indicator == past.indicator)
            _check_units(RATIO if past.reading == "growth" else unit, catalogue.targets[key].unit, place, faults)


def fail_if_checks_wrong(
    checks: Iterable[PublishedCheck], graph: Graph, history: History, indicators: Collection[str] = ()
) -> None:
    """Every check names a variable, members and indicators that exist, in units that fit; every break an indicator that exists.

    `indicators` are those that the model knows: that the city has no data of one is no fault.

    Raises
    ------
    InputError
        with every check that does not.
    """
    faults, had, checks = Faults(), history.indicators(), tuple(checks)
    for check in checks:
        place = Place(key=f"published.yaml {check.label.en}")
        _check_variable(check.variable, tuple(check.members), graph, place, faults)
        held_against = [name for name in (check.numerator, check.denominator) if name is not None] or [check.history]
        for indicator in (name for name in held_against if name not in had and name not in indicators):
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


def _check_breaks(history: History, indicators: Collection[str], faults: Faults) -> None:
    """A break that concerns no indicator at all is a misspelt one: the jump it should declare would pass for growth."""
    known = {*history.indicators(), *indicators}
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
        faults.add(message, Place(key="published.yaml"))
    single = [name for name, item in graph.parameters.items() if not item.dims]
    for check, rule in rules:
        place = Place(key=f"published.yaml {check.label.en}: fit")
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
    return RATIO if check.reading in ("growth", "share") else unit_of(check.variable, graph)


def _unit_published(check: PublishedCheck, history: History) -> str:
    if check.numerator is not None:
        return PERCENT
    return next(datum.unit for datum in history.data if datum.indicator == check.history)


def _check_variable(
    name: str, summed: tuple[str, ...], graph: Graph, place: Place, faults: Faults, *, places: bool = False
) -> None:
    """The variable exists, and every dimension of it is chosen or added up; with `places` a district is chosen elsewhere."""
    if name not in graph.quantities:
        faults.add(Text(f"模型没有变量 {name}", f"the model has no variable {name}"), place, nearest(name, graph.quantities))
        return
    dims = graph.quantities[name].dims
    for dim in (dim for dim in summed if dim not in dims and not places):
        faults.add(Text(f"{name} 没有维度 {dim}", f"{name} has no dimension {dim}"), place, nearest(dim, dims))
    chosen = ("region", DISTRICT) if places else ("region",)
    left = [dim for dim in dims if dim not in chosen and dim not in summed]
    if left:
        message = Text(f"{name} 还有维度 {left[0]}，须汇总", f"{name} has the dimension {left[0]}, which must be summed")
        faults.add(message, place)


def _check_indicator(indicator: str | None, history: History, place: Place, faults: Faults) -> None:
    if indicator is not None and indicator not in (known := history.indicators()):
        faults.add(Text(f"历史数据没有 {indicator}", f"no indicator {indicator}"), place, nearest(indicator, known))


def _check_units(have: str, want: str, place: Place, faults: Faults) -> None:
    try:
        conversion(have, want)
    except (UnknownUnitError, ValueError):
        faults.add(Text(f"单位 {have} 不能换算为 {want}", f"{have} cannot be turned into {want}"), place)
