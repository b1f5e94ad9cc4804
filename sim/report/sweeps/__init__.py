"""Figures of sweeps and sensitivity, each a function of arrays that returns a matplotlib figure."""
