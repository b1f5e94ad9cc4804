"""Read and check a city's ledger: ledger.csv row by row, names, parents and repeats, who may carry money, and arrivals.csv."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, cast, get_args

from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text
from sim.base.units import converted
from sim.inputs.checked import fail_if_unknown
from sim.inputs.files import MAX_BYTES, is_file, number, numbers, read_bytes, read_table, whole
from sim.inputs.ledger import (
    LARGEST_AMOUNT,
    Amount,
    Funder,
    Inflow,
    Ledger,
    LedgerNames,
    Nature,
    Project,
    ProjectClass,
    read_ledger_settings,
    read_project_classes,
)
from sim.inputs.parameters import Evidence
from sim.inputs.yaml_file import read_yaml

Value = TypeVar("Value")
_TEXTS = ("id", "parent", "same_as", "region", "branch", "kind", "system", "programme", "field_unit", "document", "quote")
_HEAD = (
    "id,name_zh,name_en,nature,parent,same_as,funder,class,region,branch,kind,system,programme,start,end,amount,amount_unit,"
    "local_share,amount_evidence,amount_source,status,field,field_unit,capacity,document,quote,note"
)
COLUMNS = tuple(_HEAD.split(","))
_YEARS = range(1990, 2101)
_MONEY = "亿元"
_FARTHEST = 30.0
"""At the most a project costs so many times the usual amount of its class, and at the least that part of it."""


def read_ledger(city: Path, model: Path, names: LedgerNames) -> Ledger:
    """Read and check the ledger of a city: ledger.csv and arrivals.csv against the model's project classes.

    A city without the files has an empty ledger, and so has one whose model knows no classes.

    Raises
    ------
    InputError
        with every fault of every row, by line.
    """
    if not is_file(model / "project_classes.csv") and not is_file(city / "ledger.csv"):
        return Ledger()
    faults, classes = Faults(), read_project_classes(model / "project_classes.csv")
    projects = _read_rows(city / "ledger.csv", city / "plan" / "documents", faults)
    ledger = Ledger(projects, classes, names, read_ledger_settings(model / "ledger.yaml", names.quantities))
    systems_file = city / "plan" / "systems.yaml"
    systems = [str(key) for key in read_yaml(systems_file).data] if is_file(systems_file) else []
    for project in projects.values():
        fail_if_row_wrong(project, classes, names, faults)
        if systems:
            _fail_if_strange("system", project.system, systems, project, faults)
        _fail_if_amount_strange(project, classes, faults)
        _fail_if_parent_wrong(project, ledger, faults)
        _fail_if_repeat_wrong(project, ledger, faults)
    inflows = _read_arrivals(city / "arrivals.csv", ledger, faults)
    programmes = _read_programmes(city / "plan" / "programmes.yaml", projects.values(), faults)
    faults.raise_if_any()
    return replace(ledger, inflows=inflows, programmes=programmes)


def _read_rows(file: Path, documents: Path, faults: Faults) -> dict[str, Project]:
    """Read the rows of ledger.csv with the faults that a row can have by itself; none for a city without the file."""
    projects: dict[str, Project] = {}
    if not is_file(file):
        return projects
    texts = {item.name: read_bytes(item, MAX_BYTES).decode("utf-8", "replace") for item in sorted(documents.glob("*.txt"))}
    for place, row in read_table(file, COLUMNS, faults):
        project = _project(row, place, faults)
        if project.id in projects:
            faults.add(Text(f"编号 {project.id} 重复", f"the id {project.id} stands twice"), place)
        if not project.quote or project.quote not in texts.get(project.document, ""):
            message = Text(f"{project.id} 的引文不见于 {project.document}", f"{project.id}: quote not in {project.document}")
            faults.add(message, place)
        projects[project.id] = project
    return projects


def _project(row: Mapping[str, str], place: Place, faults: Faults) -> Project:
    def filled(column: str, read: Callable[[str, Place, str], Value]) -> Value | None:
        """Return what a cell holds; nothing when it is empty, or when its fault has been added."""
        if row[column]:
            with faults.gathering():
                return read(row[column], place, column)
        return None

    _fail_if_half_filled(row, place, faults)
    start, end, amount = filled("start", whole), filled("end", whole), _amount(row, place, faults)
    if row["status"] not in ("", "built"):
        message = Text(f"状态只能为 built 或留空：{row['status']}", f"the status can be built or nothing, not {row['status']}")
        faults.add(message, place)
    return Project(
        **{name: row[name] for name in _TEXTS},
        name=Text(row["name_zh"], row["name_en"]),
        nature=cast(Nature, row["nature"]),
        funder=cast(Funder, row["funder"]) if row["funder"] else None,
        project_class=row["class"],
        start=start,
        end=end,
        amount=amount,
        status=row["status"],
        field=filled("field", number),
        place=place,
    )


def _fail_if_half_filled(row: Mapping[str, str], place: Place, faults: Faults) -> None:
    if row["status"] and not row["end"]:
        faults.add(Text(f"{row['id']} 已建成须写明完工年", f"{row['id']} is built: the year of its end is wanted"), place)
    if bool(row["field"]) != bool(row["field_unit"]):
        faults.add(Text("field 与 field_unit 须同时填写", "field and field_unit go together"), place)
    if row["field"] and not _stands_in(row["field"], row["quote"]):
        message = Text(f"field {row['field']} 不见于引文", f"the field {row['field']} does not stand in the quote")
        faults.add(message, place)
    if not row["amount"] and (row["local_share"] or row["amount_unit"]):
        message = Text("没有金额，却有 local_share 或 amount_unit", "local_share or amount_unit without an amount")
        faults.add(message, place)


_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def _stands_in(number_text: str, quote: str) -> bool:
    """Return whether a printed number is among the digits of a sentence, which may name things without counting them."""
    digits = _NUMBER.findall(quote.replace(",", ""))
    try:
        value = float(number_text)
    except ValueError:
        value = math.nan
    return not digits or number_text in digits or any(float(text) == value for text in digits)


def _amount(row: Mapping[str, str], place: Place, faults: Faults) -> Amount | None:
    """Read the amount of a row; its unit, its source and the part that is spent here are checked."""
    if not row["amount"]:
        return None
    if not row["amount_source"].strip() or row["amount_evidence"] not in get_args(Evidence):
        message = Text("金额没有来源或证据标记（V、M、D、A）", "the amount lacks a source or an evidence tag (V, M, D, A)")
        faults.add(message, place)
    with faults.gathering():
        printed = {"amount": row["amount"], "local_share": row["local_share"] or "1"}
        cells = numbers(printed, ("amount", "local_share"), place)
        value, local = _in_money(cells["amount"], row["amount_unit"], place, faults), cells["local_share"]
        if not 0.0 < value <= LARGEST_AMOUNT or not 0.0 < local <= 1.0:
            message = Text(
                f"金额须大于零、不超过 {LARGEST_AMOUNT:g} 亿元，local_share 在 0 与 1 之间",
                f"the amount must be above zero and at most {LARGEST_AMOUNT:g}, local_share between 0 and 1",
            )
            faults.add(message, place)
        return Amount(value, local, row["amount_evidence"], row["amount_source"])
    return None


def _in_money(value: float, unit: str, place: Place, faults: Faults) -> float:
    try:
        return converted(value, unit.strip(), _MONEY)
    except ValueError:
        message = Text(
            f"金额的单位须写明，且为亿元或万元：“{unit}”", f"the unit of the amount must be stated, and be money: '{unit}'"
        )
        faults.add(message, place, Text("写亿元或万元", "write 亿元 or 万元"))
        return value


def fail_if_row_wrong(project: Project, classes: Collection[str], names: LedgerNames, faults: Faults) -> None:
    """Add the faults of one row that need no other row."""
    place = project.place
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", project.id) or project.id == "all":
        message = Text(
            f"编号 {project.id!r} 须由字母、数字和下划线组成", f"the id {project.id!r} must be letters, digits and _"
        )
        faults.add(message, place, Text("all 和带冒号的词另有含义", "all and words with a colon mean something else"))
    _fail_if_strange("nature", project.nature, get_args(Nature), project, faults)
    _fail_if_strange("region", project.region, names.districts, project, faults)
    if project.spends:
        _fail_if_purse_wrong(project, classes, names, faults)
    elif project.funder or project.project_class or project.amount or project.branch or project.kind:
        message = Text(
            f"{project.id} 不是独立的投资项目，不能有资金、类别、行业或公共资本种类",
            f"{project.id} is no capital project of its own: no money, class, branch or kind",
        )
        advice = Text(
            "清空 funder、class、branch、kind 与 amount，或改为 nature=capital",
            "clear funder, class, branch, kind and amount, or write nature=capital",
        )
        faults.add(message, place, advice)
    for year in (project.start, project.end):
        if year is not None and year not in _YEARS:
            faults.add(Text(f"年份 {year} 不合理", f"the year {year} cannot be right"), place)
    if project.start is not None and project.end is not None and project.start > project.end:
        span = f"{project.start} > {project.end}"
        faults.add(Text(f"{project.id} 的开工年晚于完工年：{span}", f"{project.id} starts after it ends: {span}"), place)


def _fail_if_purse_wrong(project: Project, classes: Collection[str], names: LedgerNames, faults: Faults) -> None:
    _fail_if_strange("class", project.project_class, classes, project, faults)
    _fail_if_strange("funder", project.funder or "", get_args(Funder), project, faults)
    wanted, other = ("branch", "kind") if project.funder == "business" else ("kind", "branch")
    known = names.branches if wanted == "branch" else names.kinds
    _fail_if_strange(wanted, getattr(project, wanted), known, project, faults)
    if getattr(project, other):
        faults.add(Text(f"{project.id} 不填 {other}", f"{project.id} can have no {other}"), project.place)


def _fail_if_strange(column: str, value: str, known: Collection[str], project: Project, faults: Faults) -> None:
    message = Text(f"{project.id} 的 {column} 未知：“{{}}”", f"{project.id}: unknown {column} '{{}}'")
    fail_if_unknown([value], known, message, project.place, faults)


def _fail_if_amount_strange(project: Project, classes: Mapping[str, ProjectClass], faults: Faults) -> None:
    usual = classes[project.project_class].amount if project.project_class in classes else None
    if project.amount is None or not usual or usual / _FARTHEST <= project.amount.value <= usual * _FARTHEST:
        return
    value = project.amount.value
    message = Text(
        f"{project.id} 的金额 {value:g} 亿元与同类项目通常的 {usual:g} 亿元相差太远",
        f"{project.id}: {value:g} 亿元 lies too far from the {usual:g} 亿元 that are usual in its class",
    )
    faults.add(message, project.place, Text("核对数值和单位", "check value and unit"))


def _fail_if_parent_wrong(project: Project, ledger: Ledger, faults: Faults) -> None:
    if not project.parent:
        return
    parent = ledger.projects.get(project.parent)
    if parent is None:
        message = Text(f"{project.id} 的上级 {project.parent} 不存在", f"{project.id}: its parent {project.parent} is unknown")
        faults.add(message, project.place, nearest(project.parent, ledger.projects))
    elif parent.nature != "umbrella":
        message = Text(f"{project.id} 的上级 {parent.id} 不是 umbrella", f"{project.id}: its parent {parent.id} is no umbrella")
        faults.add(message, project.place)
    if project.id in ledger.above(project.id):
        chain = " → ".join((project.id, *ledger.above(project.id)))
        faults.add(Text(f"上级关系成环：{chain}", f"parents form a loop: {chain}"), project.place)


def _fail_if_repeat_wrong(project: Project, ledger: Ledger, faults: Faults) -> None:
    if not project.same_as:
        return
    kept = ledger.projects.get(project.same_as)
    if kept is None:
        message = Text(f"{project.id} 所重复的 {project.same_as} 不存在", f"{project.id} repeats an unknown {project.same_as}")
        faults.add(message, project.place, nearest(project.same_as, ledger.projects))
    elif kept.same_as:
        message = Text(
            f"{project.id} 重复的 {kept.id} 本身就是重复项", f"{project.id} repeats {kept.id}, which is itself a repeat"
        )
        faults.add(message, project.place, Text(f"改为 {kept.same_as}", f"write {kept.same_as}"))


def _read_programmes(file: Path, projects: Iterable[Project], faults: Faults) -> dict[str, Text]:
    """Read the English names of the programmes, by the name that the documents print."""
    if not is_file(file):
        return {}
    document, used = read_yaml(file), {project.programme for project in projects if project.spends and project.programme}
    for name in sorted(used - set(document.data)):
        message = Text(f"计划 {name} 没有英文名", f"the programme {name} has no English name")
        faults.add(message, document.place((name,)))
    for name, english in document.data.items():
        if not isinstance(english, str):
            faults.add(Text("应为文字", "text is wanted"), document.place((name,)))
    return {str(name): Text(str(name), str(english)) for name, english in document.data.items()}


PARAMETER = "signings_"
"""A model has a parameter of this name and the class: how many projects of it, not named yet, are signed a year."""


def _read_arrivals(file: Path, ledger: Ledger, faults: Faults) -> dict[str, Inflow]:
    """Read arrivals.csv: how many projects that are not named yet are usual, and where they go; none without the file."""
    inflows: dict[str, Inflow] = {}
    known = {"class": ledger.classes, "region": ledger.names.districts, "branch": ledger.names.branches}
    columns = ("class", "usual", "region", "branch", "weight", "source")
    for place, row in read_table(file, columns, faults) if is_file(file) else ():
        for column, names in known.items():
            message = Text(f"未知 {column}：“{{}}”", f"unknown {column} '{{}}'")
            fail_if_unknown([row[column]], names, message, place, faults)
        with faults.gathering():
            cells = numbers(row, ("usual", "weight"), place)
            inflow = inflows.setdefault(row["class"], Inflow(row["class"], cells["usual"]))
            spot = row["region"], row["branch"]
            if inflow.usual != cells["usual"] or spot in inflow.weights:
                message = Text("同一类别的 usual 须相同，地区和行业不得重复", "usual must be one for a class, no place twice")
                faults.add(message, place)
            inflow.weights[spot] = cells["weight"]
            if min(cells.values()) <= 0.0 or not row["source"].strip():
                message = Text("usual 与 weight 须大于零，并写明来源", "usual and weight must be above zero, with a source")
                faults.add(message, place)
    return inflows


def fail_if_no_signings(file: Path, inflows: Iterable[str], parameters: Collection[str]) -> None:
    """Every class of arrivals.csv has a parameter that says how many are signed.

    Raises
    ------
    InputError
        with every class that has none.
    """
    faults, known = Faults(), [name.removeprefix(PARAMETER) for name in parameters if name.startswith(PARAMETER)]
    message = Text(f"模型没有参数 {PARAMETER}{{}}", f"the model has no parameter {PARAMETER}{{}}")
    for name in inflows:
        fail_if_unknown([name], known, message, Place(file, key=name), faults)
    faults.raise_if_any()
