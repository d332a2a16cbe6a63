"""The README's snippets for CI servers: their lines run, but for those that install or belong to the server."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.program.conftest import ROOT, free_ports
from tests.program.test_readme import BLOCK

README = ROOT / "README.md"
INSTALLS = re.compile(r".*\bpip install\b.*")


def snippet(name: str) -> str:
    """The block of this name in README.md."""
    (found,) = (found[3] for found in BLOCK.finditer(README.read_text(encoding="utf-8")) if found[2] == name)
    return found


def _github(text: str) -> Iterator[str]:
    for job in YAML(typ="safe").load(text)["jobs"].values():
        yield from (step["run"] for step in job["steps"] if "run" in step)


def _gitlab(text: str) -> Iterator[str]:
    for job in YAML(typ="safe").load(text).values():
        yield "\n".join(job["script"])


def _jenkins(text: str) -> Iterator[str]:
    for one in re.finditer(r"sh (?:'''(.*?)'''|'([^'\n]*)')", text, re.DOTALL):
        yield one[1] or one[2]


LINES = {"github.yml": _github, "gitlab.yml": _gitlab, "Jenkinsfile": _jenkins}


@pytest.mark.parametrize("name", LINES)
def test_the_lines_of_a_snippet_run(name: str, tmp_path: Path, environment: dict[str, str]):
    scripts = list(LINES[name](snippet(name)))
    assert any(INSTALLS.search(script) for script in scripts)
    (tmp_path / "scenarios").mkdir()
    shutil.copy(ROOT / "scenarios" / "axb" / "axb_rejected.yaml", tmp_path / "scenarios")
    (port,) = free_ports(1)
    lines = [line for script in scripts for line in script.splitlines() if not INSTALLS.search(line)]
    text = "\n".join(lines).replace("9000", str(port)).replace(".venv/bin/", "")
    ended = subprocess.run(
        ["bash", "-c", f"set -eu\ntrap 'kill $(jobs -p)' EXIT\n{text}"],
        check=False, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "1 passed" in ended.stdout
    assert (tmp_path / "junit.xml").is_file()
