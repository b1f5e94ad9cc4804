"""The ground of everything: errors with places, two languages, units, the cache, signals, random streams, safe writing."""

__version__ = "0.1.0"
