"""The plan: its catalogue of targets, and what a projection means for each of them."""
