"""Sweeps: many draws of one case, kept draw by draw; what they say together, and which input matters."""
