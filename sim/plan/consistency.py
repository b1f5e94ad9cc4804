"""Hold a city's bindings and checks against its model and history, so that a wrong name is a fault before anything runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text
from sim.base.units import conversion
from sim.inputs.bindings import Binding
from sim.inputs.history import History
from sim.inputs.ledger import Ledger
from sim.inputs.model_files import PublishedCheck
from sim.inputs.targets import Catalogue, PlanTarget
from sim.ledger.edits import selected, words
from sim.model.graph import Graph
from sim.plan.reading import DISTRICT, GROWTH, REGION, is_intensive, quotient_factor, unit_of

PERCENT, RATIO = "%", "ratio"


def fail_if_bindings_wrong(
    catalogue: Catalogue, graph: Graph, history: History, ledger: Ledger, groups: Mapping[str, tuple[str, ...]]
) -> None:
    """Check that every binding names a variable by region, with a unit and a price basis that fit the target, and what exists.

    Measures name published indicators that exist.

    Raises
    ------
    InputError
        with every binding and measure that does not.
    """
    checker = _Checker(graph, history)
    for key, binding in catalogue.bindings.items():
        checker.binding(binding, catalogue.targets[key], groups, binding.place())
    checker.deliveries(catalogue, ledger, groups)
    for key, past in catalogue.by_kind.history.items():
        place = past.place()
        checker.indicator(past.indicator, place)
        if past.indicator in checker.published_units:
            unit = RATIO if past.reading == "growth" else checker.published_units[past.indicator]
            checker.units(unit, catalogue.targets[key].unit, place)
    for entry in catalogue.measures.by_name.values():
        for indicator in (entry.history, entry.growth_history, entry.additions_history):
            checker.indicator(indicator, entry.place())
    checker.faults.raise_if_any()


def fail_if_checks_wrong(
    checks: Iterable[PublishedCheck], graph: Graph, history: History, indicators: Collection[str] = ()
) -> None:
    """Check that every check names a variable, members and indicators that exist, in units that fit, and breaks indicators.

    `indicators` are those that the model knows: that the city has no data of one is no fault.

    Raises
    ------
    InputError
        with every check that does not.
    """
    checker, checks = _Checker(graph, history), tuple(checks)
    for check in checks:
        place, units = Place(key=f"published.yaml {check.label.en}"), checker.published_units
        checker.variable(check.variable, tuple(check.members), place)
        held_against = [name for name in (check.numerator, check.denominator) if name is not None] or [check.history]
        for indicator in (name for name in held_against if name not in units and name not in indicators):
            checker.indicator(indicator, place)
        checker.members(check.members, place)
        if not checker.faults.found and units.keys() >= set(held_against):
            have = RATIO if check.reading in ("growth", "share") else unit_of(check.variable, graph)
            checker.units(have, PERCENT if check.numerator is not None else units[check.history], place)
    checker.fit_rules(checks)
    checker.breaks({*checker.published_units, *indicators})
    checker.faults.raise_if_any()


def price_basis(unit: str) -> str:
    """Return whether a unit is money at current prices, at prices of 2020, or none."""
    money = [part for part in unit.split("/", maxsplit=1)[0].split("*") if part.removesuffix("_2020") in ("亿元", "万元", "元")]
    if not money:
        return "none"
    return "real" if money[0].endswith("_2020") else "nominal"


@dataclass
class _Checker:
    """The model and the history that names and units are held against, and the faults found so far."""

    graph: Graph
    history: History
    faults: Faults = field(default_factory=Faults)
    published_units: dict[str, str] = field(init=False)
    """The unit of the first datum of each published indicator."""

    def __post_init__(self) -> None:
        self.published_units = {datum.indicator: datum.unit for datum in reversed(self.history.data)}

    def binding(self, binding: Binding, target: PlanTarget, groups: Mapping[str, tuple[str, ...]], place: Place) -> None:
        """Check a binding by a variable of the model."""
        names = [name for name in (binding.variable, binding.over) if name is not None]
        are_known = all(name in self.graph.quantities for name in names)
        for name in names:
            self.variable(name, tuple(binding.members), place, by_district=True)
            if are_known:
                self._region(name, binding.region or target.region, groups, place)
        if not are_known:
            return
        self.members(binding.members, place)
        self._reading(target, binding, place)
        for indicator in (binding.history, binding.past):
            self.indicator(indicator, place)
        if binding.history in self.published_units:
            self.units(self.published_units[binding.history], target.unit, place)

    def variable(self, name: str, summed: tuple[str, ...], place: Place, *, by_district: bool = False) -> None:
        """Check that a variable exists and that every dimension is chosen or added up; `by_district`: a district is chosen."""
        if name not in self.graph.quantities:
            message = Text(f"模型没有变量 {name}", f"the model has no variable {name}")
            self.faults.add(message, place, nearest(name, self.graph.quantities))
            return
        dims = self.graph.quantities[name].dims
        for dim in (dim for dim in summed if dim not in dims and not by_district):
            message = Text(f"{name} 没有维度 {dim}", f"{name} has no dimension {dim}")
            self.faults.add(message, place, nearest(dim, dims))
        chosen = (REGION, DISTRICT) if by_district else (REGION,)
        left = [dim for dim in dims if dim not in chosen and dim not in summed]
        if left:
            message = Text(f"{name} 还有维度 {left[0]}，须汇总", f"{name} has the dimension {left[0]}, which must be summed")
            self.faults.add(message, place)

    def _region(self, name: str, wanted: str, groups: Mapping[str, tuple[str, ...]], place: Place) -> None:
        """The region must be one that the variable has; what cannot be added up is read of one district only."""
        dims, graph = self.graph.quantities[name].dims, self.graph
        districts = graph.dimensions[DISTRICT].members if DISTRICT in graph.dimensions else ()
        known = [*graph.dimensions[REGION].members, *((*districts, *groups) if DISTRICT in dims else ())]
        if (DISTRICT in dims or REGION in dims) and wanted not in known:
            message = Text(f"{name} 没有地区 {wanted}", f"{name} has no region {wanted}")
            self.faults.add(message, place, nearest(wanted, known))
        several = DISTRICT in dims and wanted not in districts and len(districts) > 1
        if several and is_intensive(unit_of(name, graph)) and wanted in known:
            message = Text(f"{name} 是比率，不能按 {wanted} 加总", f"{name} is a ratio and cannot be added up over {wanted}")
            self.faults.add(message, place, Text("用 over 写明分母", "state the denominator with over"))

    def members(self, members: Mapping[str, Iterable[str]], place: Place) -> None:
        """Check that the members of dimensions exist."""
        for dim, chosen in members.items():
            known = self.graph.dimensions[dim].members if dim in self.graph.dimensions else ()
            for member in (name for name in chosen if name not in known):
                message = Text(f"{dim} 没有成员 {member}", f"{dim} has no member {member}")
                self.faults.add(message, place, nearest(member, known))

    def _reading(self, target: PlanTarget, binding: Binding, place: Place) -> None:
        """Unit and price basis of what is read must be those of the target."""
        unit = unit_of(binding.variable, self.graph)
        if binding.over is None or binding.reading in GROWTH:
            self.units(RATIO if binding.reading in GROWTH else unit, target.unit, place)
        else:
            try:
                quotient_factor(unit, unit_of(binding.over, self.graph), target.unit)
            except ValueError:
                message = Text(
                    f"{unit} / {binding.over} 不能换算为 {target.unit}", f"{unit} over {binding.over} is not {target.unit}"
                )
                self.faults.add(message, place)
        have = price_basis(self.graph.quantities[binding.variable].unit)
        if binding.price != "none" and have not in ("none", binding.price):
            message = Text(
                f"价格基准 {binding.price} 与 {binding.variable} 的单位 {unit} 不符",
                f"the price basis {binding.price} does not fit {binding.variable} in {unit}",
            )
            self.faults.add(message, place)
        if binding.price == "none" and have != "none" and binding.over is None:
            self.faults.add(Text("金额须写明价格基准", "the price basis of money must be stated"), place)

    def indicator(self, indicator: str | None, place: Place) -> None:
        """Check that an indicator has data."""
        if indicator is not None and indicator not in self.published_units:
            message = Text(f"历史数据没有 {indicator}", f"no indicator {indicator}")
            self.faults.add(message, place, nearest(indicator, self.published_units))

    def units(self, have: str, want: str, place: Place) -> None:
        """Check that one unit can be turned into another."""
        try:
            conversion(have, want)
        except ValueError:
            self.faults.add(Text(f"单位 {have} 不能换算为 {want}", f"{have} cannot be turned into {want}"), place)

    def deliveries(self, catalogue: Catalogue, ledger: Ledger, groups: Mapping[str, tuple[str, ...]]) -> None:
        """Check that bindings by the ledger name projects and districts that exist."""
        for delivered in catalogue.by_kind.ledger.values():
            place = delivered.place()
            for word in delivered.projects:
                if selected(word, ledger) is None and word not in [f"class:{name}" for name in ledger.classes]:
                    message = Text(f"台账中没有“{word}”", f"the ledger knows no '{word}'")
                    self.faults.add(message, place, nearest(word, words(ledger)))
            if not delivered.projects and delivered.no_base is None:
                message = Text(
                    "须写 projects，或以 no_base 说明为何不判定", "state projects, or by no_base why there is no verdict"
                )
                self.faults.add(message, place)
            known = (*ledger.names.districts, *groups)
            if delivered.region is not None and delivered.region not in known:
                message = Text(f"没有分区 {delivered.region}", f"no district {delivered.region}")
                self.faults.add(message, place, nearest(delivered.region, known))

    def breaks(self, known: Collection[str]) -> None:
        """Check that every break concerns an indicator: the jump that a misspelt one should declare would pass for growth."""
        for item in self.history.breaks:
            for pattern in item.strangers(known):
                message = Text(f"没有指标与 {pattern} 相符", f"no indicator is like {pattern}")
                self.faults.add(message, item.place, nearest(pattern, known))

    def fit_rules(self, checks: Iterable[PublishedCheck]) -> None:
        """Check that the shocks of a fit rule are parameters of one number, and that what it goes beyond is fitted itself."""
        rules = [(check, check.fit) for check in checks if check.fit is not None]
        fitted = [check.history for check, _ in rules]
        used = [name for _, rule in rules for name in (rule.common, rule.own)]
        for name in sorted({name for name in (*fitted, *used) if fitted.count(name) > 1 or used.count(name) > 1}):
            message = Text(f"{name} 在拟合规则中出现两次", f"{name} stands in two fit rules")
            self.faults.add(message, Place(key="published.yaml"))
        single = [name for name, item in self.graph.parameters.items() if not item.dims]
        for check, rule in rules:
            place = Place(key=f"published.yaml {check.label.en}: fit")
            for name in (name for name in (rule.common, rule.own) if name not in single):
                message = Text(f"模型没有单一数值的参数 {name}", f"the model has no parameter {name} that is one number")
                self.faults.add(message, place, nearest(name, single))
            if rule.beyond is not None and (rule.beyond not in fitted or rule.beyond == check.history):
                message = Text(
                    f"beyond 须写另一个有拟合规则的指标，而非 {rule.beyond}",
                    f"beyond must name another fitted indicator, not {rule.beyond}",
                )
                self.faults.add(message, place, nearest(rule.beyond, [name for name in fitted if name != check.history]))
