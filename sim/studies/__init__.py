"""What runs the way many times or builds what it runs on: new cities, calibration, backtest."""
