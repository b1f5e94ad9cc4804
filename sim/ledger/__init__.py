"""Ledger records -> works -> SimPy -> realisations of spending, completion and dates. Knows no equation."""
