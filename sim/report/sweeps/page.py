"""sweep.html: what a sweep found, self-contained, in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sim.base.text import Language, Text
from sim.report.forms.page import inline_figures, template


@dataclass(frozen=True)
class Section:
    """A part of the page: a title, a note, a table whose first column is text, and figures as SVG documents by name."""

    title: Text
    note: Text = Text("", "")
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    figures: Mapping[str, str] = field(default_factory=dict)


def sweep_page(
    scenario: str,
    name: str,
    sentences: Sequence[Text],
    left_out: Text,
    sections: Sequence[Section],
    identity: Mapping[str, str],
    language: Language,
) -> str:
    """The page as one document."""

    def word(zh: str, en: str) -> str:
        return zh if language == "zh" else en

    return template("sweep.html.j2").render(
        language=language,
        w=word,
        title=scenario,
        scenario=scenario,
        name=name,
        sentences=[text.in_language(language) for text in sentences],
        left_out=left_out.in_language(language),
        sections=[
            {
                "title": section.title.in_language(language),
                "note": section.note.in_language(language),
                "heads": section.heads,
                "rows": section.rows,
                "figures": inline_figures(section.figures),
            }
            for section in sections
        ],
        identity=list(identity.items()),
    )
