"""Questions that take many results: calibration, backtest, foresight, and the studies of a plan."""
