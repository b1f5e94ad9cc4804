"""What the console prints."""

from __future__ import annotations

from io import StringIO

from rich.console import Console
from rich.table import Column

from sim.cli.console import Speaker


def test_columns_serve_for_one_table_after_another() -> None:
    """Of several scenarios that are compared, the second had more cells in its columns than rows."""
    out = StringIO()
    speaker, heads = Speaker("en", out=Console(file=out, width=80)), [Column("name"), Column("value")]
    speaker.table(heads, [("a", "1"), ("b", "2")])
    speaker.table(heads, [("c", "3")])
    assert [line.split() for line in out.getvalue().splitlines() if line.strip()] == [
        ["name", "value"],
        ["a", "1"],
        ["b", "2"],
        ["name", "value"],
        ["c", "3"],
    ]
