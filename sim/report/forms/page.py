"""A report as a page: one self-contained file, readable on a phone, in print and by screen readers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path

import jinja2

from sim.base.text import Language
from sim.report.document import Report
from sim.report.forms.plain_text import plain_text

_BROAD = 9
"""Columns from which on a page takes more of the screen."""


def page(report: Report, language: Language, svgs: Mapping[str, str]) -> str:
    """The page; `svgs` are SVG documents by the key of their figure."""
    document = plain_text(report, language)
    figures = {
        block["key"]: inlined(svgs[block["key"]], block["key"], block["described"])
        for chapter in document["chapters"]
        for block in chapter["blocks"]
        if block["kind"] == "picture"
    }
    broad = any(len(table.columns) >= _BROAD for table in report.tables())
    return template("document.html.j2").render(**document, figures=figures, is_broad=broad)


def inlined(svg: str, name: str, described: str = "") -> str:
    """An SVG as it stands within a page: without its XML head, its ids its own, and said in words for screen readers."""
    body = svg[svg.index("<svg") :]
    body = body.replace('id="', f'id="{name}-').replace('href="#', f'href="#{name}-').replace("url(#", f"url(#{name}-")
    return body.replace("<svg ", f'<svg role="img" aria-label="{escape(described)}" ', 1) if described else body


@cache
def _environment() -> jinja2.Environment:
    folder = Path(__file__).parents[1] / "templates"
    return jinja2.Environment(loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined)


def template(name: str) -> jinja2.Template:
    """A template of the folder `templates`."""
    return _environment().get_template(name)
