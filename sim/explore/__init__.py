"""Sliders in a browser: a scenario whose levers can be moved, and what comes of it within a second."""
