"""A small regional growth model of 14 stocks, the same equations for every tool."""
