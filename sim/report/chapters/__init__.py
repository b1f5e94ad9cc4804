"""The chapters of a report, in the bureau's skeleton; each a function of a result."""
