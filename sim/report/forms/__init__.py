"""The forms in which a report is sent, all written from the same record: page, Word document, PDF and workbook; their names."""

from __future__ import annotations

from sim.base.text import Language

PAGE, WORD, PDF, TABLE, FIGURES = "report.html", "report.docx", "report.pdf", "table.xlsx", "figures"
FORMS = {"html": PAGE, "docx": WORD, "pdf": PDF, "xlsx": TABLE}


def file_name(name: str, language: Language) -> str:
    """`report.html` in Chinese, `report.en.html` in English; a folder likewise."""
    if language == "zh":
        return name
    stem, dot, ending = name.partition(".")
    return f"{stem}.{language}{dot}{ending}"
