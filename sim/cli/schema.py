"""Print or write the JSON schema of scenario files."""

from __future__ import annotations

import json
from pathlib import Path

from sim.base.durable import put_text
from sim.base.errors import Fault, Place, RunError
from sim.base.text import Text
from sim.city import describing
from sim.city.city import open_world
from sim.cli.console import Speaker
from sim.inputs.home import default_city, find_home


def schema(city: str | None, write: Path | None, home_folder: Path | None, speaker: Speaker) -> None:
    """Print the schema, or put it in a file."""
    home = find_home(home_folder)
    document = describing.schema_of(open_world(home, city or default_city(home)))
    if write is None:
        speaker.json(document)
        return
    try:
        put_text(write, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = Text(f"无法写入：{reason}", f"cannot be written: {reason}")
        raise RunError(Fault(message, Place(write))) from error
    speaker.line(Text(f"已写入 {write}", f"wrote {write}"))
