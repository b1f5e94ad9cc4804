"""Files become frozen records here, each checked by itself, with line numbers."""
