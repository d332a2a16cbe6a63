"""The table of codes is total, and each test it names is there and speaks of its code."""

import ast
from functools import cache
from pathlib import Path

import orjson
import pytest

from simulator.contract.codes import result_code, result_codes
from simulator.contract.profile import Profile
from simulator.contract.refusals import refusal
from tests.api.codes_table import TABLE, NotProvoked, Provoked

ROOT = Path(__file__).resolve().parents[2]
PROVOKED = [(key, row) for key, row in TABLE.items() if isinstance(row, Provoked)]


@cache
def functions(file: str) -> dict[str, set[object]]:
    """The tests of a file with the texts and numbers that each, and the constants it uses, speak of."""
    body = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
    constants = {
        target.id: node
        for node in body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    tests = [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {test.name: literals(test, constants) for test in tests if test.name.startswith("test_")}


def literals(tree: ast.AST, constants: dict[str, ast.Assign]) -> set[object]:
    """Every literal in a piece of a program, those of the constants it names too."""
    nodes = list(ast.walk(tree))
    used = [constants[node.id] for node in nodes if isinstance(node, ast.Name) and node.id in constants]
    own = {node.value for node in nodes if isinstance(node, ast.Constant)}
    return own.union(*(literals(node.value, constants) for node in used))


def sentence_of(code: str, status: int) -> str:
    """What the platform says with a code by default."""
    said = "Success" if code == "0" else orjson.loads(refusal(code, Profile.default(), status).body)["resultdesc"]
    return str(said)


def test_the_table_has_every_code_of_the_data_once() -> None:
    assert list(TABLE) == [(row.code, row.http_status) for row in result_codes()]


def test_a_code_that_nothing_provokes_has_a_reason() -> None:
    for (code, status), row in TABLE.items():
        sister = result_code(code, status).sister if status else True
        assert isinstance(row, NotProvoked) == sister
        assert not isinstance(row, NotProvoked) or row.reason


@pytest.mark.parametrize(("key", "row"), PROVOKED, ids=[f"{key[1]}-{key[0]}" for key, _ in PROVOKED])
def test_the_named_test_is_there_and_speaks_of_the_code(key: tuple[str, int], row: Provoked) -> None:
    assert (ROOT / row.file).is_file()
    assert row.function is not None, f"name the test of {row.file} that provokes {key[0]}"
    assert row.function in functions(row.file)
    (code, status), said = key, functions(row.file)[row.function]
    assert code == "0" or {code, status} <= said
    assert any(sentence_of(code, status) in text for text in said if isinstance(text, str))
