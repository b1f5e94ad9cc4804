"""Samples of a case: what is swept, by which design, and what the rest does meanwhile."""
