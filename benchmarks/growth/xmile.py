"""The growth model as an XMILE file, for tools that read one."""

from __future__ import annotations

import re
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.growth.formulas import AUXILIARIES, RATES
from benchmarks.growth.values import CONSTANTS, DRAWN, FIRST, STEPS, STOCKS, YEARS

_FUNCTIONS = {"log": "ln"}


def write_xmile(file: Path, method: str) -> Path:
    """Write the model with its drawn parameters as constants at the middle of their range."""
    middle = {name: (low + high) / 2 for name, (low, high) in DRAWN.items()}
    parts = [_auxiliary(name, repr(value)) for name, value in {**CONSTANTS, **middle}.items()]
    parts += [_auxiliary(name, _equation(text)) for name, text in AUXILIARIES.items()]
    for name, text in RATES.items():
        inflow = f"change_in_{name}"
        parts.append(f'<flow name="{inflow}"><eqn>{escape(_equation(text))}</eqn></flow>')
        parts.append(f'<stock name="{name}"><eqn>{STOCKS[name]!r}</eqn><inflow>{inflow}</inflow></stock>')
    head = (
        '<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">'
        "<header><vendor>benchmark</vendor><product>growth</product></header>"
        f'<sim_specs method="{method}" time_units="years"><start>{FIRST}</start><stop>{FIRST + YEARS}</stop>'
        f"<dt>{1 / STEPS}</dt></sim_specs>"
    )
    file.write_text(f"{head}<model><variables>{''.join(parts)}</variables></model></xmile>", encoding="utf-8")
    return file


def _auxiliary(name: str, equation: str) -> str:
    return f'<aux name="{name}"><eqn>{escape(equation)}</eqn></aux>'


def _equation(text: str) -> str:
    """The formula with XMILE's power sign and names of functions; XMILE has no tanh."""
    text = re.sub(r"tanh\((\w+)\)", r"(1.0 - 2.0 / (exp(2.0 * \1) + 1.0))", text)
    named = re.sub(r"[a-z_]+(?=\()", lambda match: _FUNCTIONS.get(match[0], match[0]), text)
    return named.replace("**", "^")
