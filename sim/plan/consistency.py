"""Hold a city's bindings and checks against its model and history, so that a wrong name is a fault before anything runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text
from sim.base.units import conversion, quotient_conversion
from sim.inputs.bindings import Binding
from sim.inputs.checked import fail_if_unknown
from sim.inputs.history import History
from sim.inputs.ledger import Ledger
from sim.inputs.model_files import PublishedCheck
from sim.inputs.targets import Catalogue, PlanTarget
from sim.ledger.edits import selected, words
from sim.model.graph import Graph
from sim.plan.reading import DISTRICT, GROWTH, REGION, is_intensive, unit_of

PERCENT, RATIO = "%", "ratio"
Groups = Mapping[str, tuple[str, ...]]


def fail_if_bindings_wrong(catalogue: Catalogue, graph: Graph, history: History, ledger: Ledger, groups: Groups) -> None:
    """Check that every binding names a variable by region, with a unit and a price basis that fit the target, and what exists.

    Measures name published indicators that exist.

    Raises
    ------
    InputError
        with every binding and measure that does not.
    """
    checker = Consistency(graph, history)
    for key, binding in catalogue.bindings.items():
        checker.binding(binding, catalogue.targets[key], groups, binding.place())
    checker.deliveries(catalogue, ledger, groups)
    for key, past in catalogue.by_kind.history.items():
        checker.indicators([past.indicator], past.place())
        checker.published(past.indicator, catalogue.targets[key].unit, past.place(), growth=past.reading == "growth")
    for entry in catalogue.measures.by_name.values():
        checker.indicators([entry.history, entry.growth_history, entry.additions_history], entry.place())
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
    checker, checks = Consistency(graph, history), tuple(checks)
    units = checker.published_units
    for check in checks:
        place = Place(key=f"published.yaml {check.label.en}")
        checker.variable(check.variable, check.members, place)
        held_against = [name for name in (check.numerator, check.denominator) if name is not None] or [check.history]
        checker.indicators([name for name in held_against if name not in indicators], place)
        checker.members(check.members, place)
        if not checker.faults.found and units.keys() >= set(held_against):
            have = RATIO if check.reading in ("growth", "share") else unit_of(check.variable, graph)
            checker.units(have, PERCENT if check.numerator is not None else units[check.history], place)
    checker.fit_rules(checks)
    # The jump that a misspelt break should declare would pass for growth.
    for broken, pattern in ((item, name) for item in history.breaks for name in item.strangers({*units, *indicators})):
        message = Text(f"没有指标与 {pattern} 相符", f"no indicator is like {pattern}")
        checker.faults.add(message, broken.place, nearest(pattern, {*units, *indicators}))
    checker.faults.raise_if_any()


def price_basis(unit: str) -> str:
    """Return whether a unit is money at current prices, at prices of 2020, or none."""
    money = [part for part in unit.split("/", maxsplit=1)[0].split("*") if part.removesuffix("_2020") in ("亿元", "万元", "元")]
    if not money:
        return "none"
    return "real" if money[0].endswith("_2020") else "nominal"


@dataclass
class Consistency:
    """The model and the history that names and units are held against, and the faults found so far."""

    graph: Graph
    history: History = History((), {})
    faults: Faults = field(default_factory=Faults)

    @cached_property
    def published_units(self) -> dict[str, str]:
        """The unit of the first datum of each published indicator."""
        return {datum.indicator: datum.unit for datum in reversed(self.history.data)}

    def binding(self, binding: Binding, target: PlanTarget, groups: Groups, place: Place) -> None:
        """Check a binding by a variable of the model."""
        names = [name for name in (binding.variable, binding.over) if name is not None]
        are_known = all(name in self.graph.quantities for name in names)
        for name in names:
            self.variable(name, binding.members, place, by_district=True)
            if are_known:
                self._region(name, binding.region or target.region, groups, place)
        if not are_known:
            return
        self.members(binding.members, place)
        self._reading(target, binding, place)
        self.indicators([binding.history, binding.past], place)
        self.published(binding.history, target.unit, place)

    def variable(self, name: str, summed: Collection[str], place: Place, *, by_district: bool = False) -> None:
        """Check that a variable exists and that every dimension is chosen or added up; `by_district`: a district is chosen."""
        self.variables([name], place)
        if name not in self.graph.quantities:
            return
        dims = self.graph.quantities[name].dims
        if not by_district:
            self.dimensions(name, summed, place)
        chosen = (REGION, DISTRICT) if by_district else (REGION,)
        for dim in [dim for dim in dims if dim not in chosen and dim not in summed][:1]:
            message = Text(f"{name} 还有维度 {dim}，须汇总", f"{name} has the dimension {dim}, which must be summed")
            self.faults.add(message, place)

    def variables(self, names: Iterable[str], place: Place) -> None:
        """Check that variables exist."""
        self.known(names, self.graph.quantities, Text("模型没有变量 {}", "the model has no variable {}"), place)

    def dimensions(self, name: str, dims: Iterable[str], place: Place) -> None:
        """Check that a variable has some dimensions."""
        message = Text(f"{name} 没有维度 {{}}", f"{name} has no dimension {{}}")
        self.known(dims, self.graph.quantities[name].dims, message, place)

    def known(self, names: Iterable[str], known: Collection[str], message: Text, place: Place) -> None:
        """Check that names are known; each that is not stands for `{}` of the message."""
        fail_if_unknown(names, known, message, place, self.faults)

    def _region(self, name: str, wanted: str, groups: Groups, place: Place) -> None:
        """The region must be one that the variable has; what cannot be added up is read of one district only."""
        dims, graph = self.graph.quantities[name].dims, self.graph
        districts = graph.dimensions[DISTRICT].members if DISTRICT in graph.dimensions else ()
        known = [*graph.dimensions[REGION].members, *((*districts, *groups) if DISTRICT in dims else ())]
        if DISTRICT in dims or REGION in dims:
            self.known([wanted], known, Text(f"{name} 没有地区 {{}}", f"{name} has no region {{}}"), place)
        several = DISTRICT in dims and wanted not in districts and len(districts) > 1
        if several and is_intensive(unit_of(name, graph)) and wanted in known:
            message = Text(f"{name} 是比率，不能按 {wanted} 加总", f"{name} is a ratio and cannot be added up over {wanted}")
            self.faults.add(message, place, Text("用 over 写明分母", "state the denominator with over"))

    def members(self, members: Mapping[str, Iterable[str]], place: Place) -> None:
        """Check that the members of dimensions exist."""
        for dim, chosen in members.items():
            known = self.graph.dimensions[dim].members if dim in self.graph.dimensions else ()
            self.known(chosen, known, Text(f"{dim} 没有成员 {{}}", f"{dim} has no member {{}}"), place)

    def _reading(self, target: PlanTarget, binding: Binding, place: Place) -> None:
        """Unit and price basis of what is read must be those of the target."""
        unit = unit_of(binding.variable, self.graph)
        if binding.over is None or binding.reading in GROWTH:
            self.units(RATIO if binding.reading in GROWTH else unit, target.unit, place)
        else:
            try:
                quotient_conversion(unit, unit_of(binding.over, self.graph), target.unit)
            except ValueError:
                zh, en = f"{unit} / {binding.over} 不能换算为 {target.unit}", f"{unit} over {binding.over} is not {target.unit}"
                self.faults.add(Text(zh, en), place)
        have = price_basis(self.graph.quantities[binding.variable].unit)
        if binding.price != "none" and have not in ("none", binding.price):
            message = Text(
                f"价格基准 {binding.price} 与 {binding.variable} 的单位 {unit} 不符",
                f"the price basis {binding.price} does not fit {binding.variable} in {unit}",
            )
            self.faults.add(message, place)
        if binding.price == "none" and have != "none" and binding.over is None:
            self.faults.add(Text("金额须写明价格基准", "the price basis of money must be stated"), place)

    def indicators(self, indicators: Iterable[str | None], place: Place) -> None:
        """Check that indicators have data."""
        named = [name for name in indicators if name is not None]
        self.known(named, self.published_units, Text("历史数据没有 {}", "no indicator {}"), place)

    def published(self, indicator: str | None, want: str, place: Place, *, growth: bool = False) -> None:
        """Check that data of an indicator, or their growth, can be turned into a unit."""
        if indicator in self.published_units:
            self.units(RATIO if growth else self.published_units[indicator], want, place)

    def units(self, have: str, want: str, place: Place) -> None:
        """Check that one unit can be turned into another."""
        try:
            conversion(have, want)
        except ValueError:
            self.faults.add(Text(f"单位 {have} 不能换算为 {want}", f"{have} cannot be turned into {want}"), place)

    def deliveries(self, catalogue: Catalogue, ledger: Ledger, groups: Groups) -> None:
        """Check that bindings by the ledger name projects and districts that exist."""
        for delivered in catalogue.by_kind.ledger.values():
            place = delivered.place()
            unknown = [word for word in delivered.projects if selected(word, ledger) is None]
            self.known(unknown, [*words(ledger), *(f"class:{name}" for name in ledger.classes)], _UNKNOWN_WORD, place)
            if not delivered.projects and delivered.no_base is None:
                self.faults.add(_NOTHING_NAMED, place)
            if delivered.region is not None:
                known = (*ledger.names.districts, *groups)
                self.known([delivered.region], known, Text("没有分区 {}", "no district {}"), place)

    def fit_rules(self, checks: Iterable[PublishedCheck]) -> None:
        """Check that the shocks of a fit rule are parameters of one number, and that what deflates it is fitted itself."""
        rules = [(check, check.fit) for check in checks if check.fit is not None]
        fitted = [check.history for check, _ in rules]
        used = [name for _, rule in rules for name in (rule.common, rule.own)]
        for name in sorted({name for name in (*fitted, *used) if fitted.count(name) > 1 or used.count(name) > 1}):
            message = Text(f"{name} 在拟合规则中出现两次", f"{name} stands in two fit rules")
            self.faults.add(message, Place(key="published.yaml"))
        single = [name for name, item in self.graph.parameters.items() if not item.dims]
        no_number = Text("模型没有单一数值的参数 {}", "the model has no parameter {} that is one number")
        no_other = Text("deflated 须写另一个有拟合规则的指标，而非 {}", "deflated must name another fitted indicator, not {}")
        for check, rule in rules:
            place, others = (
                Place(key=f"published.yaml {check.label.en}: fit"),
                [name for name in fitted if name != check.history],
            )
            self.known([rule.common, rule.own], single, no_number, place)
            self.known([rule.deflated] if rule.deflated is not None else [], others, no_other, place)


_NOTHING_NAMED = Text("须写 projects，或以 no_base 说明为何不判定", "state projects, or by no_base why there is no verdict")
_UNKNOWN_WORD = Text("台账中没有“{}”", "the ledger knows no '{}'")
