"""From a scenario of a city to what comes of it: the central run, draws, sweeps and sensitivity."""
