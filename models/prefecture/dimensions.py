"""The dimensions of the model, in the order of the axes. Members of `region` come from the city."""

from sim.model import Dimension

region = Dimension("region")
sector = Dimension("sector", ("agriculture", "manufacturing", "other_industry", "construction", "services"))
tier = Dimension("tier", ("industry", "construction_realestate", "trade_catering", "services"))
age_class = Dimension("age_class", ("0", "1", "2", "3", "4", "5", "6", "7", "8plus"))
sex = Dimension("sex", ("female", "male"))
age = Dimension("age", tuple(str(number) for number in range(101)))
