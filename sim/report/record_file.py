"""A report's record as a file: JSON, checked when it is read, so that every form can be written again from a stored run."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.inputs.files import is_file
from sim.report.document import FORMAT, Report

RECORD_FILE = "report.json"
_LARGEST = 64_000_000
"""Bytes; a record of the whole plan takes about two million."""
_DAMAGED = Text("报告记录已损坏", "the record of the report is damaged")
RUN_AGAIN = Text("请用本版本重新运行情景", "run the scenario again with this version")


@cache
def _schema() -> TypeAdapter[Report]:
    return TypeAdapter(Report)


def packed_record(report: Report) -> bytes:
    """The record as JSON."""
    return _schema().dump_json(report, indent=1)


def read_record(file: Path) -> Report:
    """Read a record.

    Raises
    ------
    UsageError
        when the run has none, or it was made by a version whose records are others, or it is damaged.
    """
    if not is_file(file):
        message = Text(
            "这次运行没有报告记录，由更早的版本写出", "this run holds no record of a report: an earlier version wrote it"
        )
        raise UsageError(Fault(message, Place(file), RUN_AGAIN))
    if file.stat().st_size > _LARGEST:
        raise UsageError(Fault(Text("报告记录过大", "the record of the report is too large"), Place(file), RUN_AGAIN))
    content = file.read_bytes()
    _fail_if_other_format(content, file)
    try:
        return _schema().validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        message = _DAMAGED + Text(f"：{where}", f": {where}")
        raise UsageError(Fault(message, Place(file), RUN_AGAIN)) from error


def _fail_if_other_format(content: bytes, file: Path) -> None:
    try:
        told = json.loads(content)
        made, engine = told["format"], told["engine"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(Fault(_DAMAGED, Place(file), RUN_AGAIN)) from error
    if made != FORMAT:
        message = Text(
            f"报告记录由版本 {engine} 写出（格式 {made}，本版本为 {FORMAT}）",
            f"the record was written by version {engine} (format {made}, this version has {FORMAT})",
        )
        raise UsageError(Fault(message, Place(file), RUN_AGAIN))
