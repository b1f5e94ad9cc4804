"""The equations of the growth model, once: auxiliaries in order, then the net rate of every stock.

Python and XMILE read these formulas as they stand but for the power sign; benchmarks/limit.c and benchmarks/growth/model.py
write them by hand, as their users would, and benchmarks/run.py checks that all agree.
"""

from __future__ import annotations

AUXILIARIES: dict[str, str] = {
    "population": "young + working + old",
    "labour": "participation * working",
    "labour_index": "labour / (participation * 410.0)",
    "factory_potential": "factory_output_base * productivity * (factory_capital / 2600.0) ** factory_exponent"
    " * labour_index ** (1.0 - factory_exponent) * (public_capital / 2400.0) ** public_elasticity",
    "service_potential": "service_output_base * productivity * (service_capital / 5200.0) ** service_exponent"
    " * labour_index ** (1.0 - service_exponent) * (public_capital / 2400.0) ** public_elasticity",
    "factory_demand": "factory_output_base * exp(demand_growth * (time - 2021.0)) * productivity ** market_elasticity",
    "factory_pressure": "utilisation_response * log(factory_demand / factory_potential) + 0.8",
    "factory_utilisation": "0.9 + 0.15 * tanh(factory_pressure)",
    "factory_output": "factory_utilisation * factory_potential",
    "service_demand": "service_output_base * (industry_pull * factory_output / factory_output_base"
    " + (1.0 - industry_pull) * population / 665.0 * productivity)",
    "service_pressure": "utilisation_response * log(service_demand / service_potential) + 0.5",
    "service_utilisation": "0.95 + 0.1 * tanh(service_pressure)",
    "service_output": "service_utilisation * service_potential",
    "output": "factory_output + service_output",
    "service_price": "price ** service_price_power",
    "nominal_output": "price * factory_output + service_price * service_output",
    "manufacturing_share": "price * factory_output / nominal_output",
    "return_on_capital": "factory_exponent * factory_output / factory_capital",
    "factory_investment": "investment_scale * factory_capital * max(factory_depreciation + expected_growth, 0.0)"
    " * (return_on_capital / return_base) ** investment_response",
    "completion_time": "building_time * (1.0 + congestion * (work_in_progress / 520.0 - 1.0))",
    "commissioning": "work_in_progress / completion_time",
    "service_investment": "service_capital * (service_depreciation + 0.9 * expected_growth)",
    "public_investment": "public_share * output",
    "research_spending": "research_intensity * (1.0 + research_response * (hightech_firms / 620.0 - 1.0)) * output",
    "productivity_growth": "productivity_trend + catch_up * log(frontier / productivity)"
    " + research_elasticity * (research_spending / research_stock - research_depreciation)",
    "output_growth": "productivity_growth + factory_exponent * (commissioning / factory_capital - factory_depreciation)",
    "births": "fertility * working",
    "growing_up": "young / 15.0",
    "retiring": "working / 45.0",
    "deaths": "death_rate * old",
    "net_migration": "migration_pull * working * log(output / population / reference_output)",
    "firm_entries": "entry_rate * small_firms * (1.0 + entry_response * expected_growth) * exp(-small_firms / room_for_firms)",
    "firm_exits": "exit_rate * small_firms",
    "crossings": "crossing_rate * small_firms * exp(size_tail * (output_growth + inflation))",
    "large_exits": "large_exit_rate * large_firms",
    "certifications": "certification_rate * max(certifiable_share * large_firms - hightech_firms, 0.0)",
    "lapses": "lapse_rate * hightech_firms",
}
RATES: dict[str, str] = {
    "factory_capital": "commissioning - factory_depreciation * factory_capital",
    "service_capital": "service_investment - service_depreciation * service_capital",
    "work_in_progress": "factory_investment - commissioning",
    "public_capital": "0.85 * public_investment - public_depreciation * public_capital",
    "productivity": "productivity_growth * productivity",
    "research_stock": "research_spending - research_depreciation * research_stock",
    "expected_growth": "(output_growth - expected_growth) / expectation_time",
    "young": "births - growing_up",
    "working": "growing_up - retiring + net_migration",
    "old": "retiring - deaths",
    "small_firms": "firm_entries - firm_exits - crossings",
    "large_firms": "crossings - large_exits",
    "hightech_firms": "certifications - lapses",
    "price": "inflation * price",
}
