"""Which tests prove which promise, read from the tests' source: nothing is imported, nothing is run.

A mark counts wherever pytest takes it from: above a function or a class, in `pytestmark` of a module or a class, in
`pytest.param(…, marks=…)`, or under a name of the module used as a decorator. A test that is skipped or expected to
fail proves nothing.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeGuard

from privacy.promises import folder_of_tests


@dataclass(frozen=True, order=True)
class Proof:
    """One test that carries the mark of one promise. `path` is relative to the folder above tests/."""

    promise: str
    path: str
    test: str

    @property
    def sentence(self) -> str:
        """The test's name as the sentence it is."""
        return self.test.removeprefix("test_").replace("_", " ")


class BadMark(ValueError):
    """A mark that this reading can't follow: its ids must be written out."""


@lru_cache
def proofs() -> tuple[Proof, ...]:
    """Every proof in this site's tests; none where they are not installed. Read once a process."""
    return tuple(proofs_in(folder_of_tests()))


def proofs_in(folder: Path) -> list[Proof]:
    found: set[Proof] = set()
    for path in sorted(folder.rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        if "promise(" in source:
            for promise, test in _read(source, path):
                found.add(Proof(promise, path.relative_to(folder.parent).as_posix(), test))
    return sorted(found)


def _read(source: str, path: Path) -> Iterator[tuple[str, str]]:
    module = ast.parse(source, filename=str(path))
    named = {
        target.id: statement.value
        for statement in module.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    seen: set[int] = set()
    yield from _in_body(module.body, [], named, seen)
    lost = [call.lineno for call in ast.walk(module) if _is_promise(call) and id(call) not in seen]
    if lost:
        raise BadMark(f"{path}, line {lost[0]}: this promise belongs to no test.")


def _in_body(
    body: list[ast.stmt], above: list[ast.expr], named: dict[str, ast.expr], seen: set[int]
) -> Iterator[tuple[str, str]]:
    marks = [*above, *_pytestmark(body)]
    for statement in body:
        if isinstance(statement, ast.ClassDef) and statement.name.startswith("Test"):
            yield from _in_body(statement.body, [*marks, *statement.decorator_list], named, seen)
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name.startswith("test_"):
            of_test = [*marks, *statement.decorator_list]
            of_test += [named[name] for name in _names(statement.decorator_list) if name in named]
            ids = [promise for mark in of_test for promise in _promises(mark, seen)]
            if not any(_lets_off(mark) for mark in of_test):
                for promise in ids:
                    yield promise, statement.name


def _pytestmark(body: list[ast.stmt]) -> Iterator[ast.expr]:
    for statement in body:
        if isinstance(statement, ast.Assign):
            targets, value = statement.targets, statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets, value = [statement.target], statement.value
        else:
            continue
        if any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in targets):
            yield value


def _promises(mark: ast.expr, seen: set[int]) -> Iterator[str]:
    for node in ast.walk(mark):
        if _is_promise(node):
            seen.add(id(node))
            for given in node.args:
                if not isinstance(given, ast.Constant) or not isinstance(given.value, str):
                    raise BadMark(f"Line {node.lineno}: write the promise's id out.")
                yield given.value


def _is_promise(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "promise"


def _lets_off(mark: ast.expr) -> bool:
    """Whether the whole test is skipped or expected to fail; a single skipped parameter leaves the others."""
    call = mark.func if isinstance(mark, ast.Call) else mark
    if isinstance(mark, ast.List | ast.Tuple):
        return any(_lets_off(each) for each in mark.elts)
    return isinstance(call, ast.Attribute) and call.attr in {"skip", "xfail"}


def _names(decorators: list[ast.expr]) -> set[str]:
    return {node.id for decorator in decorators for node in ast.walk(decorator) if isinstance(node, ast.Name)}
