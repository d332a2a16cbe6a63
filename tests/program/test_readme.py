"""Every code block of the README runs, in its order, in one folder."""

import re
import subprocess
from pathlib import Path
from unittest.mock import Mock

import pytest

from tests.program.conftest import ROOT, free_ports

BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PORTS = ("8080", "8081", "9000", "9001", "9002", "9009")
MAKE = "make demo"


def _blocks() -> list[tuple[str, str, str]]:
    return BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))


def _script(folder: Path, ports: dict[str, str]) -> str:
    """One shell script of all blocks; blocks with a name are files, Python runs as a file of its own."""
    lines = ["set -euo pipefail", "trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT"]
    for number, (language, name, printed) in enumerate(_blocks()):
        text = printed
        for port, free in ports.items():
            text = text.replace(f":{port}", f":{free}").replace(f"--port {port}", f"--port {free}")
        if name:
            (folder / name).write_text(text, encoding="utf-8")
        elif language == "python":
            (folder / f"block{number}.py").write_text(text, encoding="utf-8")
            lines.append(f"python block{number}.py")
        elif MAKE not in text:
            assert language == "sh", f"a block of {language} that nobody runs"
            lines.append(text)
    return "\n".join(lines)


@pytest.mark.timeout(420)
def test_every_block_of_the_readme_runs(tmp_path: Path, environment: dict[str, str]):
    ports = dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True))
    script = _script(tmp_path, ports)
    ours = {"PNSIM_PORT": ports["8080"], "PNSIM_CONTROL_PORT": ports["8081"], "PYTHONPATH": str(ROOT)}
    target = re.sub(r"pnsim request ([\w-]+)", rf"pnsim request \1 --url http://127.0.0.1:{ports['8080']}", script)
    ended = subprocess.run(
        ["bash", "-c", target],
        check=False,
        cwd=tmp_path,
        env={**environment, **ours},
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert ended.returncode == 0, f"{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}"
    assert '"hangup_cause":8102' in ended.stdout or "8102" in ended.stdout
    assert "signed_string_expected" in ended.stdout


def test_the_readme_names_every_command():
    from simulator.cli.main import COMMANDS

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [name for name in COMMANDS if f"`pnsim {name}" not in text]


def test_the_readme_names_every_control_route():
    from simulator.control.routes import PREFIX, menu

    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("## The control port")[2]
    assert PREFIX in text
    paths = {route.path for route in menu(Mock())}  # only the paths are looked at
    named = {re.sub(r"\{[^}]*\}", "", path).strip("/").split("/")[-1] for path in paths}
    assert not [word for word in named if word and word not in text]
