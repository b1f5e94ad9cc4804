"""Print how large `sim/` is: files, lines of code, functions, import layers, loose modules, class names used twice, comments.

A line of code is one that holds a token of the program: docstrings, comments and blank lines do not count.
"""

from __future__ import annotations

import ast
import statistics
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_LAYOUT = (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> None:
    """Print the size of a folder, `sim` where none is named."""
    folder = ROOT / (sys.argv[1] if len(sys.argv) > 1 else "sim")
    files = sorted(folder.rglob("*.py"))
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    code = [len(code_lines(file, tree)) for file, tree in zip(files, trees, strict=True)]
    lengths = sorted(length for tree in trees for length in _function_lengths(tree))
    classes = Counter(node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    doubled = sorted(name for name, count in classes.items() if count > 1)
    comments = sum(_comments(file) for file in files)
    _say("files", len(files))
    _say("lines of code", sum(code))
    _say("lines of code in a file, median", statistics.median(code))
    _say("functions", len(lengths))
    some = [lengths[len(lengths) // 2], lengths[len(lengths) * 9 // 10], lengths[-1]]
    _say("lines of a function, median / p90 / most", " / ".join(map(str, some)))
    _say("import layers", _layers())
    _say("loose modules", sum(file.parent == folder and not file.name.startswith("__") for file in files))
    _say("class names used twice", f"{len(doubled)} ({', '.join(doubled)})")
    _say("comments in 100 lines of code", f"{100 * comments / sum(code):.1f}")


def code_lines(file: Path, tree: ast.Module) -> set[int]:
    """Return the numbers of the lines of a file that hold code."""
    lines: set[int] = set()
    for token in _tokens(file):
        if token.type not in (*_LAYOUT, tokenize.COMMENT):
            lines |= set(range(token.start[0], token.end[0] + 1))
    return lines - _docstring_lines(tree)


def _tokens(file: Path) -> Iterator[tokenize.TokenInfo]:
    with tokenize.open(file) as stream:
        yield from tokenize.generate_tokens(stream.readline)


def _docstring_lines(tree: ast.Module) -> set[int]:
    """The lines of every string that stands as a statement: docstrings, and those that describe a constant or a field."""
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    return {line for text in texts if isinstance(text.value, str) for line in range(text.lineno, (text.end_lineno or 0) + 1)}


def _function_lengths(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield (node.end_lineno or node.lineno) - node.lineno + 1


def _comments(file: Path) -> int:
    """Comments for readers; those for the linters do not count."""
    texts = (token.string for token in _tokens(file) if token.type == tokenize.COMMENT)
    return sum(not text.startswith(("# noqa", "# type:")) for text in texts)


def _layers() -> int:
    """The layers that tests/test_layers.py holds the imports to."""
    tree = ast.parse((ROOT / "tests" / "test_layers.py").read_text(encoding="utf-8"))
    assigned = (node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LAYERS")
    return next(len(node.value.elts) for node in assigned if isinstance(node.value, ast.Tuple))


def _say(what: str, value: object) -> None:
    sys.stdout.write(f"{what:45}{value}\n")


if __name__ == "__main__":
    main()
