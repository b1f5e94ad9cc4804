"""A regional economic scenario simulator: is a city's development plan reachable, and what would it take?

The data's way: scenario YAML -> checked Scenario -> model (equations as functions) -> graph -> time loop -> xarray ->
scorecard -> report. `sim` holds the engine and knows no city; `models/` holds equations and the data of cities.
"""

__version__ = "0.1.0"
