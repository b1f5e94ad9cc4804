"""A city opened: its statistics as of a year, the tables of its base year, its model bound to them, and its plan."""
