"""natures.yaml of a plan: which of its targets bind (约束性); all others are expected (预期性)."""

from __future__ import annotations

from sim.base.errors import Faults, nearest
from sim.base.text import Text
from sim.inputs.checked import Label, Record, check_against
from sim.inputs.files import is_file
from sim.inputs.targets import Catalogue
from sim.inputs.yaml_file import read_yaml


class NaturesFile(Record):
    """natures.yaml."""

    binding: list[str]
    """Targets that bind."""
    source: Label
    """Where that is said, or on what it rests."""


def read_binding_targets(catalogue: Catalogue) -> frozenset[str]:
    """Ids of the targets that bind; a plan without the file has none.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    file = catalogue.file.with_name("natures.yaml")
    if not is_file(file):
        return frozenset()
    document, faults = read_yaml(file), Faults()
    record = check_against(NaturesFile, document.data, document, faults)
    for key in () if record is None else (key for key in record.binding if key not in catalogue.targets):
        message = Text(f"目录中没有目标 {key}", f"no target {key} in the catalogue")
        faults.add(message, document.place(("binding",)), nearest(key, catalogue.targets))
    listed = [] if record is None else record.binding
    for key in sorted({key for key in listed if listed.count(key) > 1}):
        faults.add(Text(f"目标 {key} 列了两次", f"the target {key} stands twice"), document.place(("binding",)))
    faults.raise_if_any()
    return frozenset() if record is None else frozenset(record.binding)
