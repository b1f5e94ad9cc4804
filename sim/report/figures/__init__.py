"""Figures: each a record of arrays and words that draws itself, and says what it shows for those who cannot see it."""
