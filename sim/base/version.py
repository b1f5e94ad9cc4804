"""The version of the program, which stored runs and reports name."""

__version__ = "0.1.0"
