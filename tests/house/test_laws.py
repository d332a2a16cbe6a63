"""The laws of ARCHITECTURE.md that no other tool checks."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "simulator").rglob("*.py"))
OWNERS_PACKAGES = {"aiohttp", "faker", "jsonschema", "click"}
TOP_LEVEL = {
    "README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "Makefile", "pyproject.toml", ".gitignore",
    ".ci", "docs", "schemas", "scenarios", "simulator", "tests", "benchmarks",
}  # fmt: skip


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    return [Path(name) for name in listed.stdout.decode().split("\0") if name]


def _functions(source: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_the_top_level_holds_what_the_plan_names_and_nothing_else():
    tracked = {path.parts[0] for path in _tracked()}
    if not tracked:
        pytest.skip("not a git checkout: there is nothing to compare")
    assert tracked == TOP_LEVEL


def test_no_python_hides_among_the_data():
    assert not [path for folder in ("schemas", "scenarios") for path in (ROOT / folder).rglob("*.py")]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pieces_are_small(source: Path):
    assert source.read_text(encoding="utf-8").count("\n") <= 320, "a file of more than 320 lines is two rooms"
    long = [f.name for f in _functions(source) if (f.end_lineno or 0) - f.lineno + 1 > 42]
    assert not long, f"longer than a screen: {long}"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_names_say_what_a_thing_is(source: Path):
    tree = ast.parse(source.read_text(encoding="utf-8"))
    classes = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    vague = re.compile(r"(Manager|Helper|Util|Utils|Service|Handler|Base|Data|Info)$")
    assert not [name for name in classes if vague.search(name)]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_public_functions_and_methods_say_what_they_are_for(source: Path):
    silent = [f.name for f in _functions(source) if not f.name.startswith("_") and not ast.get_docstring(f)]
    nested = {
        inner.name for outer in _functions(source) for inner in ast.walk(outer)
        if inner is not outer and isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)
    }  # fmt: skip
    assert not [name for name in silent if name not in nested]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_silenced_check_gives_its_reason(source: Path):
    bare = re.compile(
        r"#\s*(?:noqa(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?|type:\s*ignore(?:\[[\w-]+(?:,\s*[\w-]+)*\])?)\s*$"
    )
    lines = source.read_text(encoding="utf-8").splitlines()
    assert not [number for number, line in enumerate(lines, 1) if bare.search(line)]


def test_wire_names_live_in_the_contract_only():
    """The core and the rooms around it speak the field's words (house rule); the wire's words are the contract's."""
    wire = re.compile(
        r"['\"](callerNum|calleeNum|relationNum|subscriptionId|fwdDstNum|stateCode|ulFailReason|feeLst|statusInfo|resultcode|"
        r"recordObjectName|privateNum|callDirection|maxDuration|userData)['\"]"
    )
    allowed = {ROOT / "simulator" / "contract"}
    guilty = [
        f"{source.relative_to(ROOT)}:{number}"
        for source in SOURCES
        if not any(folder in source.parents for folder in allowed)
        for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), 1)
        if wire.search(line)
    ]
    assert not guilty


def test_the_owners_packages_are_used_for_what_they_are_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[<>=;\[ ]", line)[0] for line in project["dependencies"]}
    imported = {
        (name or "").split(".")[0]
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        for name in _imported(node)
    }
    assert declared >= OWNERS_PACKAGES
    untyped = {"jsonschema", "jsonschema-rs"}  # loaded by name, in contract/schemas.py: they have no types to import
    loader = (ROOT / "simulator" / "contract" / "schemas.py").read_text(encoding="utf-8")
    assert all(f'"{name.replace("-", "_")}"' in loader for name in untyped)
    called = {"prometheus-client": "prometheus_client", "ruamel.yaml": "ruamel", "common-expression-language": "cel"}
    assert {called.get(name, name) for name in declared - untyped} <= imported
    assert "pytest-aiohttp>=1.1" in project["optional-dependencies"]["dev"]


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_architecture_names_every_room():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = [path for path in (ROOT / "simulator").iterdir() if path.is_dir() and (path / "__init__.py").exists()]
    missing = [room.name for room in rooms if f"`{room.name}/`" not in text]
    files = [path for path in (ROOT / "simulator").glob("*.py") if not path.name.startswith("__")]
    missing += [path.name for path in files if f"`{path.name}`" not in text]
    assert not missing
    named = re.findall(r"^\| `([a-z_]+)/` \|", text, re.MULTILINE)
    assert set(named) == {room.name for room in rooms}
