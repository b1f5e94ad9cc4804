"""Trade and visitors: trains and exports (1.10), tourism and retail (1.12, 2.6), the catchment (1.1), airport and logistics."""

from __future__ import annotations

import numpy as np

from sim.model import Array, at, initial, relative, share, starting_rate, stock, total, variable


@stock(unit="列/a", dims=("region",), initial="trains")
def trains_run(trains_run: Array, trains: Array, trains_adjustment_time: Array) -> Array:
    """Freight trains to Europe and Central Asia (1.10.1): they follow what is decided."""
    return (trains - trains_run) / trains_adjustment_time


@variable(unit="亿元/a", dims=("region",), kind="flow")
def train_trade(trains_run: Array, value_per_train: Array, diversion: Array) -> Array:
    """Trade that is new with the trains (1.10.2): what is not diverted from other customs posts."""
    return trains_run * value_per_train * (1.0 - diversion)


@variable(unit="ratio", dims=("region",))
def export_shift(
    train_trade: Array,
    export_policy: Array,
    export_share: Array,
    starting_output: Array,
    starting_price: Array,
    industrial_value_added_rate: Array,
) -> Array:
    """Shift of the market for manufactures (1.10.3): new trade against gross output at the start, and exports of policy."""
    gross = at(starting_output * starting_price, sector="manufacturing") / industrial_value_added_rate
    return train_trade / gross + export_policy * export_share


@stock(unit="index", dims=("region",), initial=1.0)
def visitor_trips(
    visitor_trips: Array,
    visitor_growth: Array,
    ledger_business_completions: Array,
    formation_per_investment: Array,
    tourism_capital_share: Array,
    scenery_response: Array,
    capital: Array,
) -> Array:
    """Visitors against the start (1.12.1): their own growth, and what new tourism capital draws."""
    built = formation_per_investment * total(at(ledger_business_completions, branch="tourism_culture"), over="district")
    drawn = scenery_response * built / (tourism_capital_share * at(capital, sector="services"))
    return (visitor_growth + drawn) * visitor_trips


@variable(unit="亿元/a", dims=("region",), kind="flow")
def visitor_spending(visitor_spending_base: Array, visitor_trips: Array, price_index: Array) -> Array:
    """What visitors spend at current prices (1.12.2): a gross-output notion, of which about a quarter is value added."""
    return visitor_spending_base * visitor_trips * relative(at(price_index, sector="services"))


@variable(unit="亿元/a", dims=("region",), kind="flow")
def tourism_value_added(visitor_spending: Array, tourism_value_added_rate: Array) -> Array:
    """Value added of tourism at current prices (1.12.3)."""
    return tourism_value_added_rate * visitor_spending


@variable(unit="亿元/a", dims=("district",), kind="ratio")
def district_visitor_spending(visitor_spending: Array, visitor_spending_share: Array, activity_share: Array) -> Array:
    """What visitors spend by district (2.6.1): shares of the base year, moved by tourism that is put to use."""
    weight = visitor_spending_share * relative(at(activity_share, branch="tourism_culture"))
    return share(weight, over="district") * total(visitor_spending, over="region")


@variable(unit="亿元/a", dims=("region",), kind="flow")
def retail_sales(
    retail_base: Array,
    normal_nominal_growth: Array,
    consumption: Array,
    visitor_spending_base: Array,
    visitor_spending: Array,
    retail_of_visitors: Array,
    voucher_pass_through: Array,
    consumption_voucher: Array,
) -> Array:
    """Retail sales of consumer goods (1.12.4): what residents buy moves with consumption, visitors and vouchers come on top.

    Of a voucher only the part counts that does not replace other purchases, as in consumption.
    """
    bought = starting_rate(retail_base - retail_of_visitors * visitor_spending_base, normal_nominal_growth)
    more = voucher_pass_through * (consumption_voucher - initial(consumption_voucher))
    return bought * relative(consumption) + retail_of_visitors * visitor_spending + more


@variable(unit="亿元/a", dims=("district",), kind="ratio")
def district_retail_sales(retail_sales: Array, retail_share: Array, activity_share: Array) -> Array:
    """Retail sales by district (2.6.2): shares of the base year, moved by trade that is put to use."""
    weight = retail_share * relative(at(activity_share, branch="trade"))
    return share(weight, over="district") * total(retail_sales, over="region")


@variable(unit="ratio", dims=("region",))
def catchment_demand(
    schools_and_hospitals: Array,
    services_against_province: Array,
    catchment_response: Array,
    catchment_town_response: Array,
) -> Array:
    """Services that people of other prefectures buy here, against the start (1.1.1): better services draw them."""
    towns = at(services_against_province, kind="urban")
    return schools_and_hospitals**catchment_response * towns**catchment_town_response


@variable(unit="ratio", dims=("region",))
def visiting_demand(visitor_trips: Array, catchment_demand: Array, catchment_share: Array, visitor_weight: Array) -> Array:
    """Demand of visitors and of the catchment against the start: parts of the visitors' weight in services demand (P4)."""
    part = catchment_share / visitor_weight
    return (1.0 - part) * relative(visitor_trips) + part * relative(catchment_demand)


@variable(unit="万人/a", dims=("region",), kind="flow")
def airport_passengers(
    airport_passengers_base: Array,
    gdp_real: Array,
    residents: Array,
    air_routes: Array,
    air_income_response: Array,
    air_route_response: Array,
    travel_restrictions: Array,
    airport_capacity: Array,
) -> Array:
    """Airport passengers (1.2.2): income per head, people, routes, travel restrictions; at most the terminal's capacity."""
    richer = relative(gdp_real / residents) ** air_income_response
    wanted = richer * relative(residents) * relative(air_routes) ** air_route_response * relative(travel_restrictions)
    return np.minimum(airport_passengers_base * wanted, airport_capacity)


@variable(unit="ratio", dims=("region",))
def logistics_cost_ratio(
    logistics_cost_base: Array,
    public_capital: Array,
    value_added_nominal: Array,
    gdp_nominal: Array,
    logistics_yard_response: Array,
    logistics_road_response: Array,
    logistics_goods_response: Array,
) -> Array:
    """Logistics costs over GDP (1.3.1): shown, and not fed back: the output elasticity of public capital holds it already."""
    goods = relative(1.0 - at(value_added_nominal, sector="services") / gdp_nominal)
    yards, roads = (relative(at(public_capital, kind=kind)) for kind in ("logistics", "transport"))
    return (
        logistics_cost_base
        * yards**-logistics_yard_response
        * roads**-logistics_road_response
        * goods**logistics_goods_response
    )
