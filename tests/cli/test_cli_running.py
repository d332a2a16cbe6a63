"""`pnsim journal`, `calls`, `clock`, `reset`: a running simulator from the shell, driven from outside."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from simulator.cli.durations import story_seconds
from simulator.cli.journal import WIDEST, _wanted, _what
from simulator.cli.main import main, pnsim
from simulator.client import ControlClient

ROOT = Path(__file__).resolve().parents[2]
READY = "ready.json"
A, KEY = "+8613800000021", "axb-demo"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("PNSIM_CONTROL_TOKEN", raising=False)


@asynccontextmanager
async def started(*args: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command in a process of its own, ended at the end."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "simulator", *args, stdout=pipe, stderr=pipe)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def ran(*args: str, ready: bool = True) -> tuple[int, str, str]:
    """How the command ended, and what it said."""
    async with started(*args, *(("--ready-file", READY) if ready else ())) as process:
        out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()


@asynccontextmanager
async def serving() -> AsyncIterator[ControlClient]:
    """A simulator with its demo applications on a standing clock."""
    async with started(
        "serve", "--port", "0", "--control-port", "0", "--clock", "virtual", "--ready-file", READY
    ) as it:
        assert it.stdout is not None
        await it.stdout.readuntil(b"  clock    ")
        ready = written()
        async with ControlClient(ready["control"], ready["token"]) as control:
            yield control


def written() -> dict[str, Any]:
    """What the ready file says."""
    return orjson.loads(Path(READY).read_bytes())


async def played(control: ControlClient) -> str:
    """A call to an X number without a binding."""
    numbers = await control.numbers(KEY)
    return (await control.dial({"app_key": KEY, "caller": A, "dialled": numbers[0]["number"]}))["call_id"]


async def test_the_clock_is_read_and_moved() -> None:
    async with serving():
        code, out, _ = await ran("clock")
        now = out.splitlines()[0]
        assert (code, now.endswith("  stands"), out.splitlines()[1]) == (0, True, "next deadline: none")
        code, out, err = await ran("clock", "advance", "1h30m")
        assert (code, out, "; 0 fired" in err) == (0, "at\twhat\tdetail\n", True)
        code, out, _ = await ran("clock", "advance", "7d", "--json")
        assert (code, json.loads(out)["reached"]) == (0, True)
        assert json.loads((await ran("clock", "scale", "60", "--json"))[1])["scale"] == 60
        assert "  runs 60 times as fast" in (await ran("clock"))[1]
        assert "  runs\n" in (await ran("clock", "run"))[1]
        assert "  stands\n" in (await ran("clock", "freeze"))[1]


async def test_an_advance_tells_what_fired() -> None:
    async with serving() as control:
        numbers = await control.numbers("ax-demo")
        await control.change_app("ax-demo", {"receivers": {"status": "http://127.0.0.1:1/"}})
        call = {"app_key": "ax-demo", "caller": A, "dialled": numbers[0]["number"]}
        await control.dial(call)
        code, out, _ = await ran("clock", "advance", "2m")
        assert code == 0
        assert [line.split("\t")[1] for line in out.splitlines()[1:]] == ["retry", "retry"]


async def test_calls_are_listed_and_one_is_drawn() -> None:
    async with serving() as control:
        call_id = await played(control)
        code, out, _ = await ran("calls", "--app", KEY)
        header, row = out.splitlines()
        assert (code, header.split("\t")[0], row.split("\t")[0]) == (0, "call_id", call_id)
        assert row.split("\t")[5:7] == ["released", "8014"]
        assert [one["call_id"] for one in json.loads((await ran("calls", "--json"))[1])] == [call_id]
        code, out, _ = await ran("calls", call_id)
        assert code == 0
        assert all(lane in out for lane in ("caller", "platform", "callee", "receiver", "8014"))
        assert json.loads((await ran("calls", call_id, "--json"))[1])["cdr"]["hangup_cause"] == 8014
        code, _, err = await ran("calls", call_id[:-1])
        assert (code, f"there is no call {call_id[:-1]!r}; did you mean {call_id!r}?" in err) == (2, True)


async def test_the_journal_is_read_and_followed() -> None:
    async with serving() as control:
        call_id = await played(control)
        code, out, _ = await ran("journal", "--call", call_id)
        rows = [line.split("\t") for line in out.splitlines()]
        assert (code, rows[0]) == (0, ["position", "at", "kind", "app", "about", "what"])
        assert [(row[2], row[4], row[5]) for row in rows[1:]] == [
            ("call_event", call_id, "event=dialled"),
            ("call_event", call_id, "event=released hangup_cause=8014 released_by=platform"),
        ]
        first = json.loads((await ran("journal", "--after", "0", "--limit", "1", "--json"))[1])
        assert [(row["position"], row["what"]) for row in first] == [(1, "app_added")]
        async with started(
            "journal", "--follow", "--kind", "call_event", "--limit", "1", "--json", "--ready-file", READY
        ) as it:
            assert it.stdout is not None
            assert orjson.loads(await it.stdout.readline())["event"] == "released"
            other = await played(control)
            told = [orjson.loads(await it.stdout.readline()) for _ in range(2)]
        assert [(row["event"], row["call_id"]) for row in told] == [("dialled", other), ("released", other)]


async def test_who_follows_a_simulator_that_stops_is_told_and_ends_with_6() -> None:
    async with serving() as control:
        ready = written()
        command = ("journal", "--follow", "--limit", "1", "--simulator", ready["control"], "--token", ready["token"])
        async with started(*command) as following:
            assert following.stdout is not None
            await following.stdout.readline()
            await control.ready()
            await following.stdout.readline()
            process = await asyncio.create_subprocess_exec("kill", str(ready["pid"]))
            await process.wait()
            _, err = await following.communicate()
        assert following.returncode == 6
        assert f"the simulator at {ready['control']} has stopped" in err.decode()


async def test_a_reset_forgets_one_application_or_all() -> None:
    async with serving() as control:
        await played(control)
        assert (await ran("reset", "ax-demo"))[2] == "ax-demo is as if just added\n"
        assert len(await control.calls()) == 1
        assert json.loads((await ran("reset", "--json"))[1]) == {"reset": None}
        assert await control.calls() == []
        code, _, err = await ran("reset", "axb-dem")
        assert (code, "there is no application 'axb-dem'; did you mean 'axb-demo'?" in err) == (2, True)


async def test_the_token_comes_from_the_environment_too(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving():
        ready = written()
        code, _, err = await ran("clock", "--simulator", ready["control"], ready=False)
        assert (code, "the simulator's token is needed: --token, --ready-file, or PNSIM_CONTROL_TOKEN" in err) == (
            2,
            True,
        )
        monkeypatch.setenv("PNSIM_CONTROL_TOKEN", ready["token"])
        assert (await ran("clock", "--simulator", ready["control"], ready=False))[0] == 0


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["clock", "later"], "no action 'later'; there are: now, advance, freeze, run, scale"),
        (["clock", "advance"], "advance needs a value: how far, such as 90s, 1h30m or 7d"),
        (["clock", "scale"], "scale needs a value: how many story seconds pass in one, such as 60"),
        (["clock", "freeze", "7d"], "freeze takes no value: take '7d' out"),
        (["clock", "advance", "soon"], "'soon' is no duration such as 90s, 1h30m or 7d (3660d at most)"),
        (
            ["clock", "scale", "fast"],
            "'fast' is no scale: a number from 0 (stands) to 100000, 1 is as fast as your clock",
        ),
        (["calls", "call-1", "--app", "k"], "a call has one application: take --app out, or the ID"),
        (["reset", "--ready-file", "nothing.json"], "nothing.json is no ready file"),
    ],
)
def test_what_is_not_understood_is_wrong_usage(args: list[str], sentence: str) -> None:
    result = CliRunner().invoke(pnsim, args)
    assert (result.exit_code, sentence in " ".join(result.stderr.split())) == (2, True), result.stderr


@pytest.mark.parametrize("command", ["journal", "calls", "clock", "reset"])
def test_a_simulator_that_is_not_there_is_unreachable(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--simulator", "http://127.0.0.1:1", "--token", "a-token-of-mine"]) == 6
    assert "no simulator answers at http://127.0.0.1:1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("1h30m", 5400), ("7d", 604800), ("500ms", 0.5), ("1.5h", 5400), ("1m30s", 90)]
)
def test_durations(text: str, seconds: float) -> None:
    assert story_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "7", "d", "1h1h", "3661d", "-1s", "1s ", "1 s", "٣s"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(Exception, match="is no duration such as"):
        story_seconds(text)


def test_hostile_text_is_only_text() -> None:
    row: dict[str, Any] = {"position": 1, "what": "a\x1b[2Jb\nc\td", "text": "x" * 100, "body": "left out"}
    assert _what(row) == f"what=a\\x1b[2Jb\\nc\\td text={'x' * (WIDEST - 1)}…"


@pytest.mark.parametrize(
    ("redirection", "code", "said"),
    [
        (">&-", 0, ""),
        (">&- 2>&-", 0, ""),
        (">/dev/full", 5, "what there was to say could not be written: No space left on device\n"),
        (">/dev/full 2>&1", 5, ""),
    ],
)
async def test_output_that_leads_nowhere_ends_no_command_badly(redirection: str, code: int, said: str) -> None:
    async with serving():
        command = f"exec {sys.executable} -m simulator clock --ready-file {READY} {redirection}"
        process = await asyncio.create_subprocess_shell(command, stderr=asyncio.subprocess.PIPE)
        assert process.stderr is not None
        async with asyncio.timeout(30):
            assert (await process.stderr.read()).decode() == said
            assert await process.wait() == code


async def test_a_ready_file_of_other_things_and_no_number_of_seconds_are_wrong_usage() -> None:
    Path(READY).write_text('{"control": 5, "token": ["a"]}')  # noqa: ASYNC240 - a few bytes
    code, _, complained = await ran("calls")
    assert code == 2
    assert "the simulator's token is needed" in complained
    code, _, complained = await ran("clock", "advance", "7d", "--wall-seconds", "nan", ready=False)
    assert code == 2
    assert "Invalid value for --wall-seconds: 'nan' is no number of seconds" in complained


async def test_the_last_rows_are_not_sought_from_the_first() -> None:
    asked: list[int] = []

    class Long:
        """A journal of a million rows of which every tenth is about X."""

        async def journal(self, *, after: int = 0, limit: int = 100, kind: str | None = None) -> dict[str, Any]:
            asked.append(after)
            step = 10 if kind else 1
            begin = after - after % step + step
            end = min(1_000_000, begin + (limit - 1) * step)
            return {"rows": [{"position": at} for at in range(begin, end + 1, step)], "last_position": 1_000_000}

    found = await _wanted(Long(), {}, None, 50)  # type: ignore[arg-type]  # answers as a client does
    assert [row["position"] for row in found] == list(range(999_951, 1_000_001))
    found = await _wanted(Long(), {"kind": "x"}, None, 3)  # type: ignore[arg-type]  # as above
    assert [row["position"] for row in found] == [999_980, 999_990, 1_000_000]
    assert len(asked) < 10
    found = await _wanted(Long(), {}, 5, 2)  # type: ignore[arg-type]  # as above
    assert [row["position"] for row in found] == [6, 7]


@pytest.mark.parametrize("command", ["journal --follow", "faults --list --json", "clock --help"])
async def test_who_has_read_enough_is_no_failure_and_waits_for_nothing(command: str) -> None:
    async with serving():
        ready = "" if command.startswith("faults") else f"--ready-file {READY}"
        command = f"set -o pipefail; {sys.executable} -m simulator {command} {ready} | head -c 1"
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec("bash", "-c", command, stdout=pipe, stderr=pipe)
        async with asyncio.timeout(30):
            out, err = await process.communicate()
        assert (process.returncode, len(out), err) == (0, 1, b"")


async def test_a_kind_that_no_row_has_is_told_with_those_that_there_are() -> None:
    async with serving():
        code, out, said = await ran("journal", "--kind", "state_chagne")
        assert (code, len(out.splitlines())) == (0, 1)
        assert said == "no row fits; of the last 1000 the kinds are: state_change\n"
