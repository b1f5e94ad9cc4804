"""The forms in which a report is sent: a page, a Word document, a PDF and a workbook, all written from the same record."""
