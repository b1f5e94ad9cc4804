"""The dimensions of the model, in the order of the axes. Members of `region` and `district` come from the city.

The economy is solved for the region as a whole; districts and parks have shares of it that add up to one.
"""

from sim.model import Dimension

region = Dimension("region")
district = Dimension("district")
sector = Dimension("sector", ("agriculture", "manufacturing", "other_industry", "construction", "services"))
branch = Dimension(
    "branch",
    (
        "agriculture",
        "power_equipment",
        "nonferrous",
        "steel_pipe",
        "salt_chemistry",
        "auto_nev",
        "electronics",
        "nuclear_tech",
        "pharma",
        "food_agro",
        "light_textile",
        "other_mfg",
        "energy",
        "construction",
        "logistics",
        "finance",
        "digital",
        "health_care",
        "tourism_culture",
        "trade",
        "other_services",
    ),
)
tier = Dimension("tier", ("industry", "construction_realestate", "trade_catering", "services"))
kind = Dimension(
    "kind", ("transport", "logistics", "urban", "environment", "education", "health", "digital", "rural", "safety")
)
age_class = Dimension("age_class", ("0", "1", "2", "3", "4", "5", "6", "7", "8plus"))
sex = Dimension("sex", ("female", "male"))
age = Dimension("age", tuple(str(number) for number in range(101)))
