"""The dimensions of the model: the city is one region."""

from sim.model import Dimension

region = Dimension("region")
