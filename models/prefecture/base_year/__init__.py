"""Builds what has no published base year: stated methods on published data, every number marked with its evidence.

Run again with `python -m models.prefecture.base_year models/hengyang`; a test holds the committed base_year.csv against it.
"""
