"""The results of simulations: datasets with their provenance, stored, read back and compared."""
