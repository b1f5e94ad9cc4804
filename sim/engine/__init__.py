"""A model's graph becomes numpy calls, and the one loop over time runs them.

docs/engine.md tells the way; sim/engine/links.py is the plain evaluator of single points.
"""
