"""`pnsim fuzz`: planted bugs are found and made small, a right receiver is left alone."""

import os
import re
import sys
from collections import Counter
from pathlib import Path

import orjson
import pytest

from simulator.cli.main import main
from simulator.replay.bundle_reading import read
from simulator.scenario import loader
from tests.cli.wires import Wire, listening

pytestmark = pytest.mark.timeout(300)
LONG = ("--for", "90s")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def steps(out: str) -> list[str]:
    """The steps of the scenario that was printed."""
    return re.findall(r"^  - (.*)$", out.partition("steps:")[2].partition("\n\n")[0], re.MULTILINE)


def parties(path: str, body: bytes) -> tuple[str, ...]:
    """Whom an SMS is from and to."""
    event = orjson.loads(body).get("smsEvent", {}) if path == "/sms" else {}
    return (event.get("calling"), event.get("virtualNumber"))


class SecondSms:
    """500 for the second SMS of one number, and for all that come after it."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.ids: set[str] = set()

    def __call__(self, wire: Wire, path: str, body: bytes) -> int:
        if path != "/sms":
            return 200
        event = orjson.loads(body)["smsEvent"]
        if event["smsIdentifier"] not in self.ids:
            self.ids.add(event["smsIdentifier"])
            self.seen[event["calling"]] += 1
        return 500 if self.seen[event["calling"]] > 1 else 200


class BusyAfterAnswered:
    """Fails on the CDR of a busy call that follows an answered one of the same X number."""

    def __init__(self) -> None:
        self.answered: set[str] = set()

    def __call__(self, wire: Wire, path: str, body: bytes) -> int:
        if path != "/fee":
            return 200
        for cdr in orjson.loads(body)["feeLst"]:
            cause, number = cdr["ulFailReason"], cdr["bindNum"]
            if cause == 0:
                self.answered.add(number)
            elif cause == 8102 and number in self.answered:
                return 500
        return 200


class Forgetful:
    """Chokes on a call event or CDR that it has had already; two changes of a number at one instant are alike by right."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()

    def __call__(self, wire: Wire, path: str, body: bytes) -> int:
        again = path != "/number-status" and body in self.seen
        self.seen.add(body)
        return 500 if again else 200


def found(capfd: pytest.CaptureFixture[str], answer, *words: str) -> tuple[list[str], str]:
    """The steps of what was found, and everything that was said."""
    with listening(answer) as wire:
        assert main(["fuzz", "--receiver", wire.url, *LONG, *words]) == 1, capfd.readouterr()
    out = capfd.readouterr().out
    return steps(out), out


def test_the_second_sms_of_one_number(capfd: pytest.CaptureFixture[str]) -> None:
    left, out = found(capfd, SecondSms(), "--mode", "AXB", "--examples", "300")
    assert [step.partition(":")[0] for step in left] == ["bind", "sms", "sms", "advance", "expect"]
    first, second = (re.search(r"from: (\w+)", step) for step in left if step.startswith("sms"))
    assert first is not None
    assert second is not None
    assert first[1] == second[1]
    assert "answered 500" in out


SLOW_SEARCH = pytest.mark.skipif(
    not os.environ.get("PNSIM_LONG_TESTS"), reason="a search of most of a minute: make soak"
)


@SLOW_SEARCH
def test_the_cdr_of_a_busy_call_after_an_answered_one(capfd: pytest.CaptureFixture[str]) -> None:
    left, _ = found(capfd, BusyAfterAnswered(), "--mode", "AXB", "--seed", "5", "--for", "45s")
    assert [step.partition(":")[0] for step in left] == ["bind", "call", "call", "advance", "expect"]
    assert "outcome" not in left[1]
    assert "hangup_cause: 8102" in left[2] or "outcome: busy" in left[2]


@SLOW_SEARCH
def test_what_comes_twice(capfd: pytest.CaptureFixture[str]) -> None:
    left, _ = found(capfd, Forgetful(), "--mode", "AXB", "--examples", "40", "--seed", "6")
    kinds = sorted(step.partition(":")[0] for step in left)
    assert kinds in (
        ["advance", "bind", "call", "expect", "expect", "faults"],
        ["advance", "bind", "expect", "expect", "faults", "sms"],
    )
    assert "faults: [{fault: duplicated, count: 1}]" in left
    assert "answers: {" in left[-1]


def test_what_was_found_plays_again(capfd: pytest.CaptureFixture[str]) -> None:
    _, out = found(capfd, lambda _, path, body: 500 if path == "/sms" else 200, "--mode", "AXB", "--examples", "100")
    written = re.search(r"^written: (\S+)$", out, re.MULTILINE)
    again = re.search(r"^to play it again: pnsim run (\S+) --receiver (\S+)$", out, re.MULTILINE)
    assert written is not None
    assert again is not None
    scenario = loader.load(Path(written[1]))
    bundle = read(Path(again[1]))
    assert bundle.manifest.scenario == scenario.name
    assert bundle.manifest.seed == scenario.seed
    with listening(lambda _, path, body: 500 if path == "/sms" else 200) as wire:
        assert main(["run", again[1], "--receiver", wire.url]) == 1
        assert "as recorded: " in capfd.readouterr().err
    with listening() as wire:
        assert main(["run", written[1], "--receiver", wire.url, "--no-bundle"]) == 0


def test_a_right_receiver_is_left_alone(capfd: pytest.CaptureFixture[str]) -> None:
    with listening() as wire:
        assert main(["fuzz", "--receiver", wire.url, *LONG, "--examples", "12"]) == 0
        said = capfd.readouterr()
        assert said.out == "nothing broke it: 12 mixes played\n" or "not to their end" in said.out
        assert f"-- mixes of AX, AXB, AXE, AXYB, seed 7, told: {wire.url}" in said.err
        assert wire.told
    assert not list(Path().iterdir())


def test_one_seed_one_search(capfd: pytest.CaptureFixture[str]) -> None:
    told = []
    for seed in ("3", "3", "4"):
        with listening() as wire:
            assert main(["fuzz", "--receiver", wire.url, *LONG, "--examples", "8", "--seed", seed]) == 0
            told.append(wire.told)
    assert told[0] == told[1]
    assert told[0] != told[2]


def test_the_time_is_the_limit(capfd: pytest.CaptureFixture[str]) -> None:
    with listening() as wire:
        assert main(["fuzz", "--receiver", wire.url, "--for", "1s", "--mode", "AXB"]) == 0
    assert "nothing broke it: " in capfd.readouterr().out


def test_nobody_is_there(capfd: pytest.CaptureFixture[str]) -> None:
    with listening() as wire:
        url = wire.url
    assert main(["fuzz", "--receiver", url, "--for", "20s"]) == 6
    said = capfd.readouterr()
    assert "nobody listens" in said.err or "cannot be reached" in said.err or url.removeprefix("http://") in said.err
    assert not list(Path().iterdir())


def test_a_receiver_that_dies_leaves_the_mix_that_came_before(capfd: pytest.CaptureFixture[str]) -> None:
    def dies(wire: Wire, path: str, _: bytes) -> int:
        if path == "/fee":
            wire.socket.close()
            return 0
        return 200

    with listening(dies) as wire:
        assert main(["fuzz", "--receiver", wire.url, "--for", "60s", "--mode", "AXB"]) == 6
    said = capfd.readouterr()
    assert "the last mix before:" in said.err or "what broke before:" in said.err
    assert list(Path().glob("fuzz_axb_*.yaml"))
    assert list(Path().glob("fuzz_axb_*.pnsim.zip"))


def test_patience_lets_a_retry_mend_it(capfd: pytest.CaptureFixture[str]) -> None:
    def first_time_busy(wire: Wire, path: str, body: bytes) -> int:
        return 503 if wire.told.count((path, body)) == 1 else 200

    words = ["--mode", "AXB", "--examples", "6", "--for", "120s"]
    with listening(first_time_busy) as wire:
        assert main(["fuzz", "--receiver", wire.url, *words, "--patient"]) == 0
    with listening(first_time_busy) as wire:
        assert main(["fuzz", "--receiver", wire.url, *words]) == 1
    assert "503" in capfd.readouterr().out


@SLOW_SEARCH
def test_a_customer_that_counts_twice_is_found(capfd: pytest.CaptureFixture[str]) -> None:
    def counting(wire: Wire, path: str, body: bytes) -> int:
        fees = sum(where == "/fee" for where, _ in wire.told)
        wire.state = orjson.dumps({"cdrs": 1 if fees < 3 else 2, "events": {}})
        return 200

    left, out = found(
        capfd, counting, "--mode", "AXB", "--examples", "40", "--seed", "1", "--probe", "/probe/{session_id}"
    )
    assert left[-1].startswith("probe: {of: call")
    assert "--probe" in out


REFUSED = {
    ("--for", "never"): "'never' is no duration such as 500ms, 60s, 5m or 1h (24h at most)",
    ("--app", "nobody"): "no application 'nobody'; There are: ax-demo, axb-demo, axe-demo, axyb-demo, x-demo",
    ("--app", "axb-demo", "--mode", "AX"): "--app axb-demo is of mode AXB: leave out --mode, or name that",
    ("--probe", "x"): "must be a path like",
}


@pytest.mark.parametrize("words", REFUSED)
def test_wrong_options(capfd: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    assert main(["fuzz", "--receiver", "http://127.0.0.1:9", *words]) == 2
    assert REFUSED[words] in capfd.readouterr().err


def test_the_extra_names_itself(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    assert main(["fuzz", "--receiver", "http://127.0.0.1:9"]) == 2
    assert "`pnsim fuzz` needs `pip install 'privatenumber-simulator[fuzz]'`" in capfd.readouterr().err
