"""Reports for people: figures, tables, pages; from records and arrays."""
