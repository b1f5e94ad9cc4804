"""Contradictions of a plan with itself: general rules over its targets, its facts and published history, one rule a file."""
