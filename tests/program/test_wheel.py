"""The wheel works away from the checkout: it carries its data, and `pnsim serve` runs from it."""

import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from simulator.config.demo import PLAYED_MODES
from tests.program.conftest import ROOT

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as a release is built: from the sdist."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(out), str(ROOT)], check=True, capture_output=True, timeout=200
    )
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked into a folder of its own; its dependencies are those of this environment."""
    place = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(place), str(wheel)]
    subprocess.run(command, check=True, capture_output=True, timeout=100)
    return place


def _python(installed: Path, *words: str, module: str = "simulator") -> list[str]:
    """Python that knows the installed wheel and this environment's packages, but not the checkout."""
    code = (
        f"import sys; sys.path[:] = [{str(installed)!r}] + [p for p in sys.path if p not in ('', {str(ROOT)!r})]; "
        "sys.meta_path[:] = [f for f in sys.meta_path if 'editable' not in repr(f).lower()]; "
        f"import runpy; runpy.run_module({module!r}, run_name='__main__')"
    )
    return [sys.executable, "-c", code, *words]


def test_the_wheel_holds_the_program_and_its_data_and_nothing_else(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    assert "simulator/_data/schemas/profile.json" in names
    assert "simulator/_data/scenarios/axb/axb_busy.yaml" in names
    assert "simulator/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]
    assert not [name for name in names if "_data" in name and name.endswith(".py")]


def test_the_sdist_holds_what_the_readmes_show(wheel: Path):
    with tarfile.open(next(wheel.parent.glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"README.md", "README.zh-CN.md", "docs/page-call.png", "docs/page-call-dark.png"} <= names


def test_the_program_that_runs_is_the_installed_one(installed: Path, tmp_path: Path):
    code = _python(installed)[2].partition("import runpy")[0] + "import simulator; print(simulator.__file__)"
    told = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout.startswith(str(installed))


def test_serve_runs_from_the_wheel(installed: Path, tmp_path: Path):
    ready = tmp_path / "ready.json"
    command = _python(installed, "serve", "--port", "0", "--control-port", "0", "--ready-file", str(ready))
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert "is ready" in process.stdout.readline()
        demos = [{"app_key": f"{mode.lower()}-demo", "mode": mode} for mode in PLAYED_MODES]
        assert json.loads(ready.read_text(encoding="utf-8"))["apps"] == demos
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 0


def test_a_shipped_scenario_runs_from_the_wheel(installed: Path, tmp_path: Path):
    scenario = installed / "simulator" / "_data" / "scenarios" / "axb" / "axb_busy.yaml"
    command = _python(installed, "run", str(scenario))
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


FIXTURE = """
import simulator


def test_the_platform_of_the_wheel(privacy_platform):
    platform = privacy_platform
    x_number = platform.app("AXB").numbers[0]
    platform.request("bind", caller="+8613900000001", callee="+8613900000002", x_number=x_number)
    assert platform.call("+8613900000001", x_number, outcome="busy").hangup_cause == 8102
    assert simulator.__file__.startswith({installed!r})
"""


def test_the_pytest_plugin_works_from_the_wheel(installed: Path, pytester: pytest.Pytester):
    shipped = installed / "simulator" / "_data" / "scenarios" / "axb" / "axb_busy.yaml"
    (pytester.path / "axb_busy.pnsim.yaml").write_bytes(shipped.read_bytes())
    pytester.makepyfile(test_it=FIXTURE.format(installed=str(installed)))
    ended = pytester.run(*_python(installed, "-v", "-p", "no:cacheprovider", "--junitxml=junit.xml", module="pytest"))
    assert ended.ret == 0
    ended.stdout.fnmatch_lines(
        ["axb_busy.pnsim.yaml::axb_busy PASSED*", "test_it.py::test_the_platform_of_the_wheel PASSED*"]
    )
    assert (pytester.path / "junit.xml").read_text(encoding="utf-8").count("<testcase") == 2
