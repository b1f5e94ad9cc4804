"""The running of a model: equations compiled to numpy calls, the one loop over time, draws and their statistics.

docs/engine.md tells the way; sim/numerics/program.py is the plain evaluator of single points.
"""
