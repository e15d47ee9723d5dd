"""How many slips in the matcher's rules its tests would notice: small changes are made one at a time, and tests run on each.

`make mutants` takes a sample of the changes to src/tequio/matching/domain (a comparison, a sum, a number by one, a condition, a
result, a statement left out), runs the quick tests of tests/matching on each, and prints how many were noticed, by file, with a
95 % interval (Wilson), and every change that none noticed. The rules run as plain Python, so that nothing is compiled; each
change lives only in the memory of a process of its own, which starts from one that has read everything but the matcher.

Left out: `compiled` (how the compiler is called), annotations, decorators, docstrings, and the numbers of enumerations.
"""

from __future__ import annotations

import argparse
import ast
import math
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from select import select
from types import CodeType, ModuleType
from typing import Any, NamedTuple, cast

import hypothesis  # read before the processes part, so that each finds it read
import numba  # noqa: F401
import numpy as np
import pytest

from tequio.people.domain import readings

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "src" / "tequio" / "matching" / "domain"
TESTS = ROOT / "tests" / "matching"
LEFT_OUT = frozenset({"__init__.py", "compiled.py"})
SLOW = frozenset(
    f"test_{name}.py" for name in ("screening_keys", "plain", "memory", "robust", "fitting", "evaluation", "commands")
)
"""Too slow in plain Python, or about something else than the rules."""
FIRST = {
    "aliases": "test_aliases.py", "births": "test_births.py", "codes": "test_codes.py", "contacts": "test_contacts.py",
    "names": "test_names.py", "similarity": "test_similarity.py",
    "keys": "test_key_kinds.py", "key_room": "test_key_kinds.py", "sharing": "test_explanation.py",
    "retrieval": "test_retrieval.py",
    "packing": "test_packing.py", "tokens": "test_packing.py", "rarity": "test_rarity.py", "bands": "test_bands.py",
    "explanation": "test_explanation.py", "model": "test_bands.py", "scorer": "test_compare.py",
}  # fmt: skip
"""Where a change to a module is most likely to be noticed: these tests run before the others."""
QUIET = (
    "-x",
    "-q",
    "--no-header",
    "--noconftest",
    "-p",
    "no:django",
    "-p",
    "no:xdist",
    "-p",
    "no:cacheprovider",
    "-W",
    "ignore",
)

SWAPS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.FloorDiv,),
    ast.FloorDiv: (ast.Mult,),
    ast.Div: (ast.Mult,),
    ast.Mod: (ast.Mult,),
    ast.LShift: (ast.RShift,),
    ast.RShift: (ast.LShift,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitXor: (ast.BitAnd,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
OPPOSITE = {"min": "max", "max": "min", "any": "all", "all": "any"}


class Edit(NamedTuple):
    """A change to a syntax tree: an attribute of a node (or a place in its list) and what to put there."""

    node: ast.AST
    field: str
    place: int | None
    new: Any

    def exchange(self, value: Any) -> Any:
        """Put a value there; what stood there before."""
        if self.place is None:
            old = getattr(self.node, self.field)
            setattr(self.node, self.field, value)
            return old
        held = getattr(self.node, self.field)
        old, held[self.place] = held[self.place], value
        return old


def _is_enum(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id.endswith("Enum") for b in node.bases)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


_NOT_CODE = {"annotation", "returns", "decorator_list", "type_params", "args", "bases", "names"}


def _children(node: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    """Nodes below one that are rules: no annotations, decorators, docstrings, parameters, imports."""
    for field, value in ast.iter_fields(node):
        if field in _NOT_CODE and not isinstance(node, ast.Call):
            continue
        if isinstance(value, ast.AST):
            yield field, None, value
        elif isinstance(value, list):
            yield from ((field, place, item) for place, item in enumerate(value) if isinstance(item, ast.AST))


_WORDS_OF_PYTHON = frozenset({"utf-8", "replace", "surrogatepass", "latin-1", "little", "mergesort", "stable"})


def _new_constants(value: object) -> Iterator[object]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1)
    elif isinstance(value, float) and value > 1e-6:
        yield from (value * 2, value / 2)
    elif isinstance(value, str) and value not in {
        "utf-8",
        "replace",
        "surrogatepass",
        "latin-1",
        "little",
        "mergesort",
        "stable",
    }:
        yield f"{value}§" if value else "§"


def _is_nothing(node: ast.AST) -> bool:
    """Whether a result is as good as None."""
    return isinstance(node, ast.Constant) and not node.value


def _edits_of(parent: ast.AST, field: str, place: int | None, node: ast.AST) -> Iterator[Edit]:
    """Changes to one node, which stands in a field of its parent."""

    def instead(new: ast.AST) -> Edit:
        return Edit(parent, field, place, ast.copy_location(new, node))

    if isinstance(node, ast.Compare):
        for at, sign in enumerate(node.ops):
            yield from (Edit(node, "ops", at, new()) for new in SWAPS[type(sign)])
    elif isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant) and node.right.value == 0:
        return  # `x + 0` makes a number of an enumeration's member for the compiler, and so does `x - 0`
    elif isinstance(node, (ast.BinOp, ast.AugAssign, ast.BoolOp)):
        yield from (Edit(node, "op", None, new()) for new in SWAPS[type(node.op)])
    elif isinstance(node, ast.UnaryOp):
        yield instead(node.operand)
    elif isinstance(node, ast.Constant):
        yield from (Edit(node, "value", None, new) for new in _new_constants(node.value))
    elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
        yield Edit(node, "test", None, ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OPPOSITE:
        yield Edit(node.func, "id", None, OPPOSITE[node.func.id])
    if isinstance(node, ast.Return) and node.value is not None and not _is_nothing(node.value):
        yield Edit(node, "value", None, ast.copy_location(ast.Constant(None), node))
    elif isinstance(node, ast.Break):
        yield instead(ast.Continue())
    elif isinstance(node, ast.Continue):
        yield instead(ast.Break())
    elif isinstance(node, (ast.Expr, ast.Assign, ast.AugAssign)) and not isinstance(parent, ast.Module | ast.ClassDef):
        yield instead(ast.Pass())


def edits(node: ast.AST) -> Iterator[tuple[int, Edit]]:
    """Every change to a syntax tree, with its line."""
    for field, place, child in _children(node):
        if _is_enum(child) or _is_text(child) or isinstance(child, (ast.Import, ast.ImportFrom)):
            continue
        line = getattr(child, "lineno", getattr(node, "lineno", 0))
        yield from ((line, edit) for edit in _edits_of(node, field, place, child))
        yield from edits(child)


class Mutant(NamedTuple):
    """One change to one module."""

    path: Path
    tree: ast.Module
    line: int
    edit: Edit

    def code(self) -> tuple[CodeType | None, str]:
        """The module with the change, None where Python refuses it, and the change in words."""
        before = _shown(self.edit.node)
        old = self.edit.exchange(self.edit.new)
        try:
            made = compile(ast.fix_missing_locations(self.tree), str(self.path), "exec")
            return made, f"{before}  ->  {_shown(self.edit.node)}"
        except (SyntaxError, ValueError):  # a `continue` outside a loop
            return None, before
        finally:
            self.edit.exchange(old)


def _shown(node: ast.AST) -> str:
    lines = ast.unparse(node).splitlines() or [""]
    return lines[0] if len(lines) == 1 else f"{lines[0]} {lines[1].strip()}"


def mutants(only: str) -> list[Mutant]:
    """Every change to the modules whose path has a text in it."""
    found = []
    for path in sorted(SOURCES.rglob("*.py")):
        if path.name not in LEFT_OUT and only in str(path.relative_to(SOURCES)):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found += [Mutant(path, tree, line, edit) for line, edit in edits(tree)]
    return found


class Changed:
    """Finds one module of the matcher in memory, with its change, and leaves every other to Python."""

    def __init__(self, path: Path, code: CodeType) -> None:
        self._name = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
        self._path, self._code = path, code

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return spec_from_file_location(name, self._path, loader=cast(Any, self)) if name == self._name else None

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)  # noqa: S102 - our own source, with one sign changed


def tests_for(path: Path) -> tuple[list[str], list[str]]:
    """The quick tests: those that are likely to notice a change to a module, and the others."""
    likely = FIRST.get(path.stem, "test_compare.py")
    others = sorted(str(p) for p in TESTS.glob("test_*.py") if p.name not in SLOW | {likely})
    return [str(TESTS / likely)], others


def start(mutant: Mutant | None, code: CodeType | None) -> tuple[int, int]:
    """Run the tests on a change in a process of its own, which ends with 0 if nothing was noticed: its number, and a pipe that
    closes when it ends."""
    end, held = os.pipe()
    child = os.fork()
    if child:
        os.close(held)
        return child, end
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    if mutant is not None and code is not None:
        sys.meta_path.insert(0, cast(Any, Changed(mutant.path, code)))
    first, others = tests_for(mutant.path if mutant is not None else SOURCES)
    answer = 1
    try:
        answer = int(pytest.main([*QUIET, f"--rootdir={ROOT}", *first])) or int(
            pytest.main([*QUIET, f"--rootdir={ROOT}", *others])
        )
    finally:
        os._exit(min(answer, 100))


class Run(NamedTuple):
    """A process that is running tests."""

    mutant: Mutant
    change: str
    began: float
    end: int
    """A pipe that closes when it ends."""


NOTICED, OUT_OF_TIME, SURVIVED = "noticed", "out of time", "SURVIVED"


def judge(chosen: Sequence[Mutant], workers: int, limit: float) -> Iterator[tuple[Mutant, str, str]]:
    """Each change with what became of it, as the answers come in; `limit` seconds each."""
    waiting = list(reversed(chosen))
    running: dict[int, Run] = {}
    while waiting or running:
        while waiting and len(running) < workers:
            mutant = waiting.pop()
            code, change = mutant.code()
            if code is not None:
                child, end = start(mutant, code)
                running[child] = Run(mutant, change, time.monotonic(), end)
        if not running:
            return
        first = min(run.began for run in running.values()) + limit
        ended, _, _ = select([run.end for run in running.values()], [], [], max(0.0, first - time.monotonic()))
        for child, run in list(running.items()):
            by_itself = run.end in ended
            if not by_itself and time.monotonic() - run.began < limit:
                continue
            if not by_itself:
                os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            os.close(run.end)
            del running[child]
            unnoticed = os.waitstatus_to_exitcode(status) == 0
            yield run.mutant, run.change, OUT_OF_TIME if not by_itself else SURVIVED if unnoticed else NOTICED


def interval(part: int, whole: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    if not whole:
        return 0.0, 1.0
    share, z = part / whole, 1.96
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z / (1 + z * z / whole) * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    return middle - half, middle + half


def report(answers: Sequence[tuple[Mutant, str, str]], every: Sequence[Mutant]) -> None:
    """The figures, by file and in all."""
    print(f"\n{'file':<26}{'changes':>9}{'tried':>8}{'noticed':>9}{'share':>8}")
    paths = sorted({mutant.path for mutant in every})
    for path in paths:
        own = [answer for mutant, _, answer in answers if mutant.path == path]
        noticed = sum(answer != SURVIVED for answer in own)
        share = f"{noticed / len(own):.0%}" if own else "-"
        there = sum(mutant.path == path for mutant in every)
        print(f"{path.relative_to(SOURCES)!s:<26}{there:>9}{len(own):>8}{noticed:>9}{share:>8}")
    noticed = sum(answer != SURVIVED for _, _, answer in answers)
    low, high = interval(noticed, len(answers))
    slow = sum(answer == OUT_OF_TIME for _, _, answer in answers)
    print(
        f"noticed {noticed} of {len(answers)} ({noticed / max(len(answers), 1):.1%}; {low:.1%} to {high:.1%}), {slow} by time"
    )


def options() -> argparse.Namespace:
    """What the command line asks for."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--sample", type=int, default=400, help="how many changes to try; 0 tries every one")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", default="", help="part of a path below matching/domain")
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--least", type=float, default=0.85, help="share of noticed changes below which the command fails")
    return asked.parse_args()


def main() -> int:
    """Try a sample of changes. 1 if fewer than asked for were noticed, 2 if the tests fail without any."""
    asked = options()
    readings("MU*OZ")  # builds the table of damaged names once for all
    hypothesis.settings.register_profile("mutants", derandomize=True, database=None, deadline=None)
    hypothesis.settings.load_profile("mutants")
    began = time.monotonic()
    child, end = start(None, None)
    _, status = os.waitpid(child, 0)
    os.close(end)
    alone = time.monotonic() - began
    if os.waitstatus_to_exitcode(status):
        print("mutants: the quick tests of tests/matching fail as they are", file=sys.stderr)
        return 2
    every = mutants(asked.only)
    chosen = every
    if asked.sample and asked.sample < len(every):
        order = np.random.default_rng(asked.seed).permutation(len(every))
        chosen = [every[at] for at in order[: asked.sample]]
    print(f"{len(chosen)} of {len(every)} changes; the tests take {alone:.0f} s without any", flush=True)
    answers = []
    for mutant, change, answer in judge(chosen, asked.workers, 4 * alone + 10):
        answers.append((mutant, change, answer))
        if len(answers) % 50 == 0:
            print(f"{len(answers)} tried", flush=True)
        if answer == SURVIVED:
            print(f"{answer} {mutant.path.relative_to(SOURCES)}:{mutant.line}  {change[:200]}", flush=True)
    report(answers, every)
    noticed = sum(answer != SURVIVED for _, _, answer in answers)
    return 0 if noticed >= asked.least * len(answers) else 1


if __name__ == "__main__":
    sys.exit(main())
