"""The likelihood of a city's parameters: hindcasts, errors, the posterior of its scores, and its fingerprint."""
