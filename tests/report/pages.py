"""Reads a page as a browser would: its words, its tables, and everything that it would fetch."""

from __future__ import annotations

from html.parser import HTMLParser


class Page(HTMLParser):
    """Texts outside of styles and pictures, tables by their id as rows of cells, and addresses."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.addresses: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.heads: list[str] = []
        self.ids: list[str] = []
        self.tables: dict[str, list[list[str]]] = {}
        self._hidden = 0
        self._table = ""
        self._cell: list[str] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.ids += [value for key, value in attrs if key == "id" and value]
        self._hidden += tag in ("style", "svg")
        self.addresses += [value for key, value in attrs if key in ("src", "href") and value and not value.startswith("#")]
        if tag == "svg":
            self.images.append(told)
        elif tag in ("h1", "h2", "h3"):
            self.heads.append(tag)
        elif tag == "table":
            self._table = told.get("id") or ""
            self.tables[self._table] = []
        elif tag == "tr":
            self.tables[self._table].append([])
        elif tag in ("td", "th"):
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "svg")
        if tag in ("td", "th") and self._cell is not None:
            self.tables[self._table][-1].append("".join(self._cell))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)
            if self._cell is not None:
                self._cell.append(data)

    @property
    def text(self) -> str:
        return "".join(self.parts)
