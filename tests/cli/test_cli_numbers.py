"""`pnsim numbers`: lists and changes the X numbers of a running simulator; refusals that teach."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from simulator.app import assemble, without_ports
from simulator.cli.main import main
from simulator.config import DEMO_APP, NumberOption, load
from tests.cli.test_cli_run import in_a_thread

X, Y = "+8617000000001", "+8617000000002"


class Running:
    """A simulator whose application has two X numbers."""

    def __init__(self) -> None:
        numbers = (NumberOption(X, "0755"), NumberOption(Y, "010"))
        app = replace(DEMO_APP, numbers=numbers, number_pool=None)
        self.simulator = assemble(replace(without_ports(load(None, {}, {"clock": "virtual"})), apps=(app,)))

    async def __aenter__(self) -> "Running":
        self.ready = await self.simulator.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.simulator.stop()


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys) -> Iterator:
    """Runs the command against a simulator: exit code, what was said, what was complained about."""
    with in_a_thread(Running) as running:
        monkeypatch.setenv("PNSIM_CONTROL_TOKEN", running.ready.token)

        def asked(*args: str) -> tuple[int, str, str]:
            code = main(["numbers", "--simulator", running.ready.control, *args])
            said = capsys.readouterr()
            return code, said.out, said.err

        yield asked


def test_numbers_are_listed_changed_and_restored(ask) -> None:
    head = "number\tarea\tstate\tstatus\tcause\tpairs\n"
    normal = f"{X}\t0755\tnormal\t5 normal\t\t0\n{Y}\t010\tnormal\t5 normal\t\t0\n"
    assert ask() == (0, head + normal, "")
    changed = f"{X}\t0755\tsuspended\t9 suspended\t5 (call-restricted by the carrier)\t0\n"
    assert ask(X, "--state", "suspended", "--cause", "5") == (0, head + changed, "")
    assert ask(X) == (0, head + changed, "")
    code, said, _ = ask("--arrears", "yes", "--json")
    assert (code, [(one["number"], one["state"], one["cause"]) for one in json.loads(said)]) == (
        0, [(X, "suspended", 5), (Y, "suspended", 2)],
    )  # fmt: skip
    ask("--arrears", "no")
    assert ask("--state", "normal") == (0, head + normal, "")


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["--cause", "5"], "--cause says why numbers are in a state: name that too, with --state"),
        (["--state", "normal", "--arrears", "no"], "--state and --arrears exclude one another"),
        ([X, "--arrears", "no"], "--arrears is the whole account's: take the numbers out"),
        (["--state", "asleep"], "Invalid value for '--state': 'asleep' is not one of 'normal', 'suspended', "),
        (["--state", "suspended", "--cause", "7"],
         "cause is 7 (unconditional forwarding active); state suspended goes with 2 (arrears), 3 (stopped), 5 ("),
        ([X[:-1], "--state", "normal"], f"there is no number '{X[:-1]}'; did you mean '+861700000000"),
        ([X, "12"], "axb-demo has no X number '12'; it has: +8617000000001, +8617000000002"),
        (["--app-key", "axb-dmo"], "there is no application 'axb-dmo'; did you mean 'axb-demo'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_exit_2_with_what_would_be_right(ask, args: list[str], sentence: str) -> None:
    code, said, complained = ask(*args)
    assert (code, said) == (2, "")
    assert sentence in complained


def test_it_finds_the_simulator_and_the_application_as_its_neighbours_do(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.delenv("PNSIM_CONTROL_TOKEN", raising=False)
    with in_a_thread(Running) as running:
        file = tmp_path / "ready.json"
        file.write_text(json.dumps({"control": running.ready.control, "token": running.ready.token}))
        assert main(["numbers", "--ready-file", str(file), "--app", "axb-demo", X]) == 0
        assert X in capsys.readouterr().out
        config = tmp_path / "pnsim.toml"
        port = running.ready.control.rpartition(":")[2]
        config.write_text(f'[server]\ncontrol_port = {port}\ncontrol_token = "{running.ready.token}"\n')
        assert main(["numbers", "--config", str(config), X]) == 0
        assert X in capsys.readouterr().out


def test_without_a_token_or_a_simulator_it_says_what_is_needed(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.delenv("PNSIM_CONTROL_TOKEN", raising=False)
    assert main(["numbers"]) == 2
    assert "the simulator's token is needed: --token, --ready-file, or PNSIM_CONTROL_TOKEN" in capsys.readouterr().err
    assert main(["numbers", "--token", "abcdefgh", "--simulator", "http://127.0.0.1:9"]) == 6
    assert "no simulator answers at http://127.0.0.1:9" in capsys.readouterr().err
