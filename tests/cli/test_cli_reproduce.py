"""`pnsim causes --reproduce`: from outside, against receivers that listen in a thread of their own."""

import asyncio
import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from simulator.cli.main import main
from simulator.contract.codes import releases
from simulator.contract.reproductions import reproduction, reproductions
from simulator.scenario.reproducing import every_scenario, is_forced, scenario_of

EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Answering(asyncio.Protocol):
    """Answers every request alike, and remembers its path."""

    def __init__(self, answer: bytes, paths: list[str], open_ones: set[asyncio.Transport]) -> None:
        self._answer = answer
        self._paths = paths
        self._open_ones = open_ones
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._open_ones.add(transport)

    def connection_lost(self, _: Exception | None) -> None:
        self._open_ones.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
            if len(self._buffer) < end + 4 + length:
                return
            self._buffer = self._buffer[end + 4 + length :]
            self._paths.append(head.split()[1].decode())
            self._transport.write(self._answer)


async def closed(server: asyncio.Server, open_ones: set[asyncio.Transport]) -> None:
    """Close the server with its connections: each ends in the next turn of the loop."""
    server.close()
    for transport in tuple(open_ones):
        transport.abort()


@contextmanager
def answering(answer: bytes = EMPTY) -> Iterator[tuple[str, list[str]]]:
    """The address of a server in a thread, and the paths it was asked for."""
    loop, paths = asyncio.new_event_loop(), []
    open_ones: set[asyncio.Transport] = set()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    made = loop.create_server(lambda: Answering(answer, paths, open_ones), "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(made, loop).result(10)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", paths
    finally:
        asyncio.run_coroutine_threadsafe(closed(server, open_ones), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)  # comes after the end of every connection
        thread.join(10)
        loop.close()


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


Bodies = dict[str, list[dict[str, Any]]]


def told(file: Path) -> Bodies:
    """The bodies that each story sent, in their order, out of a run's NDJSON."""
    bodies: Bodies = defaultdict(list)
    for line in file.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        if event["type"] == "row" and event["row"]["kind"] == "attempt_started":
            bodies[event["scenario"]].append(json.loads(event["row"]["body"]))
    return bodies


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Bodies]:
    """The exit code and the bodies of the whole catalogue against a receiver that answers an empty 200 to everything."""
    file = tmp_path_factory.mktemp("catalogue") / "all.ndjson"
    with answering() as (url, _):
        code = main(["causes", "--reproduce", "all", "--receiver", url, "--quiet", "--ndjson", str(file)])
    return code, told(file)


@pytest.mark.timeout(120)
def test_every_cause_in_every_mode_passes_against_an_empty_200(catalogue: tuple[int, Bodies]) -> None:
    code, bodies = catalogue
    assert code == 0
    assert list(bodies) == [f"cause_{one.cause.code}_{one.mode.lower()}" for one in reproductions()]


def test_each_ends_with_its_cause_and_the_codes_that_belong_to_it(catalogue: tuple[int, Bodies]) -> None:
    for one in reproductions():
        *events, disconnect, fee = catalogue[1][f"cause_{one.cause.code}_{one.mode.lower()}"]
        release, (record,) = releases()[one.cause.code], fee["feeLst"]
        assert (disconnect["eventType"], disconnect["statusInfo"]["stateCode"]) == ("disconnect", one.cause.code)
        codes = (record["ulFailReason"], record["fwdUnaswRsn"], record["sipStatusCode"])
        assert codes == (release.disconnect_point, release.q850, release.sip_status), one.cause.code
        wanted = one.events_when_set if is_forced(one, decided=False) else one.events
        assert [event["eventType"] for event in events] == list(wanted), (one.cause.code, one.mode)


@pytest.mark.parametrize(
    ("story", "chain", "codes"),
    [
        ("cause_0_axe", "callin collectInfo callout alerting answer disconnect fee", (0, 0, 0)),
        ("cause_8013_ax", "callin disconnect fee", (8013, 0, 0)),
        ("cause_8022_axe", "callin collectInfo disconnect fee", (8022, 0, 0)),
        ("cause_8033_axe", "callin disconnect fee", (8033, 0, 0)),
        ("cause_7501_axb", "callin callout disconnect fee", (7501, 0, 487)),
        ("cause_7502_axyb", "callin callout alerting disconnect fee", (7502, 0, 487)),
        ("cause_8102_x", "callin callout disconnect fee", (8102, 17, 486)),
        ("cause_8035_ax", "callin callout alerting disconnect fee", (8035, 18, 408)),
        ("cause_8139_axb", "callin disconnect fee", (8139, 0, 0)),
    ],
)
def test_what_is_told_of_some(
    catalogue: tuple[int, Bodies], story: str, chain: str, codes: tuple[int, int, int]
) -> None:
    bodies = catalogue[1][story]
    assert " ".join(body["eventType"] for body in bodies) == chain
    (record,) = bodies[-1]["feeLst"]
    assert (record["ulFailReason"], record["fwdUnaswRsn"], record["sipStatusCode"]) == codes


@pytest.mark.timeout(120)
def test_in_mode_x_the_sample_receiver_decides_so_that_the_cause_follows_by_itself(tmp_path: Path) -> None:
    assert main(["causes", "--reproduce", "all", "--mode", "X", "--quiet", "--ndjson", "x.ndjson"]) == 0
    bodies = told(Path("x.ndjson"))
    assert [body["eventType"] for body in bodies["cause_8017_x"]] == ["callin", "disconnect", "fee"]
    assert bodies["cause_8102_x"][1]["statusInfo"]["called"] == "+8613800000022"
    for one in reproductions():
        if one.mode == "X":
            kinds = [body["eventType"] for body in bodies[f"cause_{one.cause.code}_x"]]
            assert kinds == one.kinds(one.events), one.cause.code


def test_the_stories_are_made_in_one_place() -> None:
    stories = {(one.cause.code, one.mode): scenario for one, scenario in every_scenario()}
    assert len(stories) == 289
    assert stories[8102, "X"].needs_sample_receiver
    assert not any(scenario.needs_sample_receiver for _, scenario in every_scenario(decided=False))


def test_your_own_numbers_and_subscription_id_are_played(capsys: pytest.CaptureFixture[str]) -> None:
    own = {"caller": "+8613911112222", "callee": "+8613933334444", "x_number": "+8617055556666"}
    words = [word for name, number in own.items() for word in ("--set", f"{name}={number}")]
    words += ["--set", "subscription_id=from-production/7", "--set", "user_data=order 17", "--ndjson", "own.ndjson"]
    assert main(["causes", "--reproduce", "8102", "--mode", "AXB", *words]) == 0
    bodies = told(Path("own.ndjson"))["cause_8102_axb"]
    (record,) = bodies[-1]["feeLst"]
    members = ("callerNum", "calleeNum", "fwdDstNum", "subscriptionId", "userData")
    assert [record[name] for name in members] == [
        "+8613911112222", "+8617055556666", "+8613933334444", "from-production/7", "order 17",
    ]  # fmt: skip
    said = capsys.readouterr().out
    assert "receiver: the built-in sample receiver" in said
    assert "released 8102 Callee busy" in said
    assert said.endswith("\n1 passed\n")


def test_the_numbers_of_a_story_make_way_for_your_own() -> None:
    words = ["--set", "caller=+8613800000021", "--ndjson", "own.ndjson", "--quiet"]
    assert main(["causes", "--reproduce", "8102", "--mode", "AXYB", *words]) == 0
    (record,) = told(Path("own.ndjson"))["cause_8102_axyb"][-1]["feeLst"]
    assert (record["callerNum"], record["fwdDstNum"]) == ("+8613800000021", "+8613800000022")


def test_an_extension_of_another_length_is_played() -> None:
    words = ["--set", "extension=17", "--ndjson", "own.ndjson", "--quiet"]
    assert main(["causes", "--reproduce", "8102", "--mode", "AXE", *words]) == 0
    bodies = told(Path("own.ndjson"))["cause_8102_axe"]
    assert (bodies[1]["statusInfo"]["digitInfo"], bodies[-1]["feeLst"][0]["extendNum"]) == ("17", "17")


@pytest.mark.parametrize(
    ("cause", "mode", "setting", "set_for_the_call"),
    [
        ("7506", "AXB", "callee=+8613933334444", True),
        ("7506", "AXB", "callee=13933334444", False),
        ("8023", "AXE", "caller=+8613911112222", True),
        ("8023", "AX", "caller=+8675588889999", False),
        ("8102", "AXE", "callee=13933334444", True),
        ("8102", "AXB", "caller=+8675588889999", True),
        ("8031", "AXYB", "caller=+8675588889999", True),
        ("8031", "AXYB", "callee=13933334444", False),
    ],
)
def test_numbers_that_would_end_the_call_otherwise_do_not(
    cause: str, mode: str, setting: str, set_for_the_call: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["causes", "--reproduce", cause, "--mode", mode, "--quiet", "--set", setting]) == 0
    assert ("the cause is set for this call" in capsys.readouterr().out) is set_for_the_call


@pytest.mark.parametrize(("cause", "has"), [("8013", ["area_code"]), ("8019", ["area_code", "memory_call_back"])])
def test_an_applications_own_switches_stay_but_for_the_one_that_a_cause_hangs_on(cause: str, has: list[str]) -> None:
    Path("pnsim.toml").write_text(
        '[[apps]]\napp_key = "mine"\napp_secret = "secret"\nmode = "AX"\nfeatures = ["memory_call_back", "area_code"]\n'
    )
    assert main(["causes", "--reproduce", cause, "--mode", "AX", "--quiet", "--ndjson", "own.ndjson"]) == 0
    (record,) = told(Path("own.ndjson"))[f"cause_{cause}_ax"][-1]["feeLst"]
    assert (record["appKey"], "areaCode" in record) == ("mine", True)
    story = scenario_of(reproduction(int(cause), "AX"), {}, ["memory_call_back", "area_code"])
    assert sorted(story.app["features"]) == has


def test_without_a_mode_it_is_played_wherever_it_can_occur(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["causes", "--reproduce", "8016", "--quiet"]) == 0
    said = capsys.readouterr().out
    assert [f"cause_8016_{mode} passed" in said for mode in ("ax", "axb", "axyb", "axe")] == [True, True, True, False]


def test_a_receiver_that_answers_500_fails_and_is_told_of_at_its_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    with answering(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n") as (url, paths):
        assert main(["causes", "--reproduce", "8031", "--receiver", url]) == 1
    assert paths == ["/callin", "/status", "/fee"]
    assert "disconnect acknowledged" in capsys.readouterr().out


def test_only_disconnect_and_cdr_must_be_acknowledged(capsys: pytest.CaptureFixture[str]) -> None:
    Path("c.toml").write_text(
        '[[apps]]\napp_key = "a"\napp_secret = "s"\nmode = "AXYB"\n[apps.receivers]\n', encoding="utf-8"
    )
    with answering(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n") as (bad, _), answering() as (good, paths):
        with Path("c.toml").open("a", encoding="utf-8") as file:
            file.write(f'status = "{good}/s"\nfee = "{good}/f"\ncallin = "{bad}/c"\n')
        assert main(["causes", "--reproduce", "8031", "--config", "c.toml"]) == 0
    assert paths == ["/s", "/f"]
    assert "app a · seed 7" in capsys.readouterr().out


def test_with_strict_a_missing_decision_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["causes", "--reproduce", "7001", "--mode", "X", "--receiver"]
    with answering() as (url, _):
        assert main([*words, url]) == 0
        assert main([*words, url, "--strict"]) == 1
    assert "callin answered without remark (--strict)" in capsys.readouterr().out


def test_nobody_who_listens_is_exit_6() -> None:
    assert main(["causes", "--reproduce", "8102", "--mode", "AX", "--receiver", "http://127.0.0.1:1"]) == 6


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["--reproduce", "8031", "--set", "calee=+8613800000021"],
            "the reproduction of 8031 in AXYB knows no 'calee'; did you mean 'callee'? It knows: caller, callee, x_number, s",
        ),
        (
            ["--reproduce", "8014", "--mode", "AXB", "--set", "subscription_id=a"],
            "--set subscription_id: the reproduction of 8014 in AXB knows no 'subscription_id'. It knows: caller, x_number",
        ),
        (
            ["--reproduce", "all", "--mode", "X", "--set", "y_number=+8617000000001"],
            "--set y_number: the catalogue in X knows no 'y_number'; did you mean 'x_number'?",
        ),
        (["--reproduce", "8031", "--set", "caller"], "--set 'caller' is not name=value, such as caller=+8613800000021"),
        (
            ["--reproduce", "8031", "--set", "caller=+86138****0021"],
            "--set caller is '+86138****0021', instead of a number such as +8613800000021",
        ),
        (
            ["--reproduce", "8031", "--set", "subscription_id=a b"],
            "--set subscription_id is 'a b', instead of a text of 1 to 64 characters without blanks",
        ),
        (
            ["--reproduce", "8031", "--set", "x_number=+8617"],
            "--set x_number is '+8617', instead of an X number in global format, such as +8617000000001",
        ),
        (
            ["--reproduce", "8102", "--mode", "AXE", "--set", "extension=12345"],
            "--set extension is '12345', instead of 1 to 4 digits, such as 0001",
        ),
        (
            ["--reproduce", "8102", "--set", "user_data={}"],
            "--set user_data is '{}', instead of a text of 1 to 256 characters without braces",
        ),
        (["--reproduce", "8031", "--mode", "AX"], "8031 does not occur in mode AX; it does in AXYB"),
        (["--reproduce", "8002"], "8002 is no hangup cause; it is a disconnect point of CDRs (ulFailReason): Peer"),
        (["--reproduce", "busy"], "no hangup cause busy; the nearest is "),
        (["--reproduce", "8031", "8102"], "--reproduce takes one value, and '8102' stands beside it; take it away"),
        (["--reproduce", "8031", "--from", "x"], "--reproduce plays a cause and --from reads one; give one of them"),
        (["--reproduce", "8031", "--json"], "--json is for the list; what is played is written with --ndjson FILE"),
        (["8031", "--set", "a=b"], "--set is for what is played: name a cause with --reproduce CODE"),
        (["8031", "--strict"], "--strict is for what is played: name a cause with --reproduce CODE"),
    ],
)
def test_what_cannot_be_played_is_refused(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["causes", *words]) == 2
    captured = capsys.readouterr()
    assert sentence in captured.err
    assert captured.out == ""
