"""The command line: a file a verb; the only place that prints or exits."""
