"""House sizes, checked: files of at most 500 lines, functions of at most 60 lines and 8 arguments, 95 % of them annotated.

`python tools/check_shape.py [FOLDER]` looks at src, tools and tests of FOLDER (or of the working folder) and fails with one
line for each thing that is too large. Functions of tests may have any number of arguments: they are fixtures.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MOST_LINES = 500
MOST_FUNCTION_LINES = 60
MOST_ARGUMENTS = 8
LEAST_ANNOTATED = 0.95
FIELDS_OF_A_RECORD = {"src/tequio/people/domain/subject.py:from_fields"}
"""Functions whose keywords are the fields of one record: as a dataclass has them, they may be many."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Count:
    """Functions seen, and those with every argument and the answer annotated."""

    functions: int = 0
    annotated: int = 0

    @property
    def share(self) -> float:
        """From 0 to 1; 1 when there is no function."""
        return self.annotated / self.functions if self.functions else 1.0


def main(words: list[str]) -> int:
    """Check a tree. Returns the exit status."""
    root = Path(words[0]) if words else Path()
    count = Count()
    faults: list[str] = []
    for path in sorted(path for top in ("src", "tools", "tests") for path in (root / top).rglob("*.py")):
        if "migrations" not in path.parts:
            faults += _file(path, path.relative_to(root), count)
    if count.share < LEAST_ANNOTATED:
        faults.append(f"annotated functions: {count.share:.1%}, fewer than {LEAST_ANNOTATED:.0%}")
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print(f"shape: {count.functions} functions in src, {count.share:.1%} annotated, nothing too large")
    return 1 if faults else 0


def _file(path: Path, shown: Path, count: Count) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n") + (not text.endswith("\n") and bool(text))
    if lines > MOST_LINES:
        yield f"{shown}:1: {lines} lines, more than {MOST_LINES}: make it a package of the same name"
    in_tests, in_src = shown.parts[0] == "tests", shown.parts[0] == "src"
    for node in ast.walk(ast.parse(text, filename=str(path))):
        if not isinstance(node, Function):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > MOST_FUNCTION_LINES:
            yield f"{shown}:{node.lineno}: {node.name} has {length} lines, more than {MOST_FUNCTION_LINES}"
        taken = len(_arguments(node))
        if taken > MOST_ARGUMENTS and not in_tests and f"{shown.as_posix()}:{node.name}" not in FIELDS_OF_A_RECORD:
            yield f"{shown}:{node.lineno}: {node.name} takes {taken} arguments, more than {MOST_ARGUMENTS}"
        if in_src:
            count.functions += 1
            count.annotated += node.returns is not None and all(one.annotation is not None for one in _arguments(node))


def _arguments(node: Function) -> list[ast.arg]:
    """Every argument but `self` and `cls`."""
    given = node.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
    return [one for position, one in enumerate(every) if position or one.arg not in {"self", "cls"}]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
