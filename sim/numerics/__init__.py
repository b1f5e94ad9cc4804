"""The running of a model: methods, the plain evaluator, the one loop over time."""
