"""Results: datasets, provenance, storage, comparison."""
