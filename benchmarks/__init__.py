"""The engine against its peers and against the limit of the machine, in one run: python benchmarks/run.py."""
