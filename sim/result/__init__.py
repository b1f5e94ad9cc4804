"""What a simulation leaves: datasets with their provenance, stored, read back and compared."""
