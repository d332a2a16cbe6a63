"""`pnsim run`: exit codes and what is said, against receivers that listen in a thread of their own."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

import simulator
from simulator.app import assemble, without_ports
from simulator.cli.main import main
from simulator.clock.wall import utc_now
from simulator.config import DEMO_APP, load
from simulator.scenario.asking import Credentials
from simulator.scenario.language import Behaviour
from simulator.scenario.receiver import SampleReceiver

BUSY = """\
scenario: busy
title: A calls B, who is on the phone
cast: {A: mobile, B: mobile, X: number}
steps:
  - bind: {caller: A, callee: B, number: X}
  - call: {caller: A, dialled: X, outcome: busy}
  - expect: {notifications: [callin, callout, disconnect, fee], of: call}
"""
NEEDY = BUSY.replace("scenario: busy", "scenario: needy\nneeds: sample_receiver")
HUNG = BUSY.replace("scenario: busy", "scenario: hung\nneeds: sample_receiver\nreceiver: {hang: true}")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PNSIM_CONTROL_TOKEN", raising=False)
    for name, text in (("busy", BUSY), ("needy", NEEDY)):
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")


@contextmanager
def in_a_thread(start) -> Iterator[object]:
    """What the async context manager `start()` gives, alive in another thread's event loop."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        manager = asyncio.run_coroutine_threadsafe(_made(start), loop).result(10)
        try:
            yield manager
        finally:
            asyncio.run_coroutine_threadsafe(manager.__aexit__(None, None, None), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _made(start):
    manager = start()
    await manager.__aenter__()
    return manager


@contextmanager
def receiver(behaviour: Behaviour | None = None, secret: str = "axb-demo-secret") -> Iterator[SampleReceiver]:
    credentials = Credentials("axb-demo", secret)
    with in_a_thread(lambda: SampleReceiver(credentials, utc_now, behaviour)) as listening:
        assert isinstance(listening, SampleReceiver)
        yield listening


class Running:
    """A simulator with the demo application."""

    def __init__(self) -> None:
        config = replace(without_ports(load(None, {}, {"clock": "virtual"})), apps=(DEMO_APP,))
        self.simulator = assemble(config)

    async def __aenter__(self) -> "Running":
        self.ready = await self.simulator.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.simulator.stop()


class Chatty:
    """A receiver that answers 200 with a body where none is due."""

    async def __aenter__(self) -> "Chatty":
        self.runner = web.ServerRunner(web.Server(lambda _: self.answer()))
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.runner.cleanup()

    async def answer(self) -> web.Response:
        return web.Response(text="ok")


def test_a_run_without_a_receiver_uses_the_built_in_one_and_says_so(capsys):
    assert main(["run", "busy.yaml"]) == 0
    said = capsys.readouterr().out
    assert "receiver: the built-in sample receiver" in said
    assert " ✓ busy passed  3 of 3 steps" in said
    assert said.endswith("\n1 passed\n")


def test_a_receiver_gets_signed_notifications_at_its_addresses(capsys):
    with receiver() as listening:
        assert main(["run", "busy.yaml", "--receiver", listening.url, "-q"]) == 0
    assert [arrival.path for arrival in listening.arrivals] == ["/callin", "/status", "/status", "/fee"]
    assert listening.complaints == []
    assert f"receiver: {listening.url}\n" in capsys.readouterr().out


def test_each_address_of_the_receiver_can_be_another():
    with receiver() as listening:
        other = ("--fee-url", f"{listening.url}/elsewhere/fee", "--callin-url", f"{listening.url}/arrivals")
        assert main(["run", "busy.yaml", "--receiver", listening.url, *other]) == 0
    assert [arrival.path for arrival in listening.arrivals] == ["/arrivals", "/status", "/status", "/elsewhere/fee"]


def test_a_receiver_that_answers_500_is_exit_1_with_expected_got_and_nearest_miss(capsys):
    with receiver(Behaviour(answer=500)) as listening:
        assert main(["run", "busy.yaml", "--receiver", listening.url]) == 1
    said = capsys.readouterr().out
    assert "   busy.yaml:7:5: step 3 of 3, expect\n" in said
    assert "     expected  callin → callout → disconnect → fee about call, each acknowledged\n" in said
    assert "     got       0 of 4 acknowledged\n" in said
    assert "     nearest   callin: waiting after 1 attempt; the last answered 500 Internal Server Error" in said
    assert said.endswith("\n1 failed\n")


def test_a_receiver_that_is_down_is_exit_6_before_the_first_step(capsys):
    with receiver() as listening:
        gone = listening.url
    assert main(["run", "busy.yaml", "--receiver", gone]) == 6
    said = capsys.readouterr().out
    assert f"nobody listens at {gone}/status (" in said
    assert "0 of 3 steps" in said


def test_a_receiver_can_be_waited_for_but_not_longer_than_the_timeout(capsys):
    with receiver() as listening:
        assert main(["run", "busy.yaml", "--receiver", listening.url, "--wait-for", listening.url]) == 0
    assert main(["run", "busy.yaml", "--wait-for", listening.url, "--timeout", "0.2"]) == 6
    assert f"nobody listened at {listening.url} in time" in capsys.readouterr().err


def test_a_scenario_that_needs_the_sample_receiver_is_skipped_and_counted(capsys):
    with receiver() as listening:
        assert main(["run", "busy.yaml", "needy.yaml", "--receiver", listening.url, "-q"]) == 0
        assert capsys.readouterr().out.endswith("\n1 passed, 1 skipped\n")
        assert main(["run", "needy.yaml", "--receiver", listening.url, "-q"]) == 4


def test_an_expression_that_matches_nothing_is_exit_4(capsys):
    assert main(["run", ".", "-k", "nobody"]) == 4
    captured = capsys.readouterr()
    assert captured.out == "nothing ran: 0 scenarios\n"
    assert captured.err == "-k 'nobody' matches none of: busy, needy\n"


def test_an_expression_chooses_among_the_files_of_a_folder(capsys):
    assert main(["run", ".", "-k", "not needy", "-q"]) == 0
    assert capsys.readouterr().out.endswith("\n1 passed\n")


def test_a_file_that_cannot_be_loaded_is_exit_3_with_its_place(capsys):
    Path("busy.yaml").write_text(BUSY.replace("busy}", "buzy}"), encoding="utf-8")
    assert main(["run", "."]) == 3
    captured = capsys.readouterr()
    assert captured.err.startswith("busy.yaml:6:44: call.outcome is 'buzy', instead of one of: answered, ")
    assert captured.out == ""


def test_a_run_that_is_out_of_time_is_exit_4(capsys):
    Path("hung.yaml").write_text(HUNG, encoding="utf-8")
    assert main(["run", "hung.yaml", "--timeout", "1"]) == 4
    assert "hung incomplete  1 of 3 steps\n   hung.yaml: the time of --timeout was over\n" in capsys.readouterr().out


def test_an_answer_timeout_shortens_the_wait_for_a_hung_receiver(capsys):
    Path("hung.yaml").write_text(HUNG, encoding="utf-8")
    assert main(["run", "hung.yaml", "--answer-timeout", "0.05"]) == 1
    assert "callin: waiting after 1 attempt; the last no answer within 0.05 s" in capsys.readouterr().out


SILENT = BUSY.replace("scenario: busy", "scenario: silent").replace("  - expect", "  - advance: 1d\n  # - expect")


def test_what_no_expectation_looked_at_is_seen_all_the_same(capsys):
    Path("silent.yaml").write_text(SILENT, encoding="utf-8")
    with receiver(Behaviour(answer=500)) as listening:
        assert main(["run", "silent.yaml", "--receiver", listening.url]) == 1
        said = capsys.readouterr().out
        assert said.count(" attempt 7  given up\n") == 4
        assert " ✗ silent failed  3 of 3 steps · 4 notifications given up\n" in said
        assert "allow: {answers: true} in the scenario lets it pass" in said
        Path("silent.yaml").write_text(f"{SILENT}allow: {{answers: true}}\n", encoding="utf-8")
        assert main(["run", "silent.yaml", "-q", "--receiver", listening.url]) == 0
    assert " ✓ silent passed  3 of 3 steps · 4 notifications given up\n" in capsys.readouterr().out


def test_strict_fails_a_run_for_remarks_that_no_expectation_looked_at(capsys):
    Path("silent.yaml").write_text(SILENT, encoding="utf-8")
    with in_a_thread(Chatty) as listening:
        assert main(["run", "silent.yaml", "--receiver", listening.url, "-q"]) == 0
        capsys.readouterr()
        assert main(["run", "silent.yaml", "--receiver", listening.url, "-q", "--strict"]) == 1
    said = capsys.readouterr().out
    assert (
        "   silent.yaml: remarks (--strict): callin answered with a body of 2 bytes where none is due; callout " in said
    )


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["--receiver", "127.0.0.1:9000"], "Invalid value for '--receiver': must be an address like"),
        (["--set", "C=1"], "--set C: no scenario of this run casts 'C'. Cast: A, B, X; of the header: seed, app.<key>"),
        (["-k", "busy or"], "-k 'busy or': the end stands where part of a name should"),
        (["--simulator", "http://127.0.0.1:1"], "--simulator needs its token: --token, or PNSIM_CONTROL_TOKEN"),
        (["--simulator", "http://127.0.0.1:1", "--start-at", "2026-01-01T00:00:00Z"], "--start-at sets the clock of"),
        (["--token", "abcdefgh"], "--token is for a running simulator: name it with --simulator URL"),
        (["--app", "axb-dmo"], "no application 'axb-dmo'; did you mean 'axb-demo'? There are: ax-demo, axb-demo"),
        (["--ndjson", "no/such/folder.ndjson"], "no/such/folder.ndjson: No such file or directory"),
    ],
)
def test_a_wrong_option_is_exit_2_with_what_would_be_right(args: list[str], sentence: str, capsys):
    assert main(["run", "busy.yaml", *args]) == 2
    assert sentence in capsys.readouterr().err


def test_a_wrong_configuration_is_exit_3(capsys):
    Path("other.toml").write_text("[server]\nprot = 1\n", encoding="utf-8")
    assert main(["run", "busy.yaml", "--config", "other.toml"]) == 3
    assert "other.toml:2: " in capsys.readouterr().err


def test_the_configurations_application_and_receivers_are_used(capsys):
    with receiver(secret="mine") as listening:
        Path("pnsim.toml").write_text(
            '[[apps]]\napp_key = "axb-demo"\napp_secret = "mine"\n[apps.receivers]\n'
            f'status = "{listening.url}/status"\nfee = "{listening.url}/fee"\n'
            "[profile]\nmerge_window_seconds = 5\n",
            encoding="utf-8",
        )
        assert main(["run", "busy.yaml"]) == 0
    assert listening.complaints == []
    assert [arrival.judged.kind for arrival in listening.arrivals] == ["callin", "callout", "disconnect", "fee"]
    assert "   01-01 00:00:06  →     fee" in capsys.readouterr().out  # released at :01, merged for five seconds


def test_the_clock_starts_where_it_is_told(capsys):
    assert main(["run", "busy.yaml", "--start-at", "2027-06-05T04:03:02Z"]) == 0
    assert "   06-05 04:03:02  API   bind" in capsys.readouterr().out


def test_a_number_can_be_set_for_a_run(capsys):
    assert main(["run", "busy.yaml", "--set", "A=+8613912345678"]) == 0
    assert "   A +8613912345678  B +86" in capsys.readouterr().out


def test_one_seed_is_one_story_and_ndjson_tells_it(capsys):
    bodies = []
    for seed in ("5", "5", "6"):
        assert main(["run", "busy.yaml", "--seed", seed, "--ndjson", "run.ndjson", "-q"]) == 0
        lines = [json.loads(line) for line in Path("run.ndjson").read_bytes().splitlines()]
        rows = [line["row"] for line in lines if line["type"] == "row"]
        bodies.append([row["body"] for row in rows if row["kind"] == "attempt_started"])
        assert lines[-1]["exit_code"] == 0
    assert len(bodies[0]) == 4
    assert bodies[0] == bodies[1] != bodies[2]


def test_strict_passes_where_nothing_is_to_be_remarked():
    with receiver() as listening:
        assert main(["run", "busy.yaml", "--receiver", listening.url, "--strict", "-q"]) == 0


def test_a_running_simulator_is_driven_and_left_as_it_was(capsys, monkeypatch):
    with in_a_thread(Running) as running:
        assert isinstance(running, Running)
        url = running.ready.control
        assert main(["run", "busy.yaml", "--simulator", url, "--token", running.ready.token]) == 0
        assert "app run-busy · seed 7" in capsys.readouterr().out
        monkeypatch.setenv("PNSIM_CONTROL_TOKEN", running.ready.token)
        assert main(["run", "busy.yaml", "--simulator", url]) == 0, capsys.readouterr().out
        assert [app.app_key for app in running.simulator.exchange.apps()] == ["axb-demo"]
        assert main(["run", "busy.yaml", "--simulator", url, "--app", "axb-demo", "-q"]) == 1
        said = capsys.readouterr()
        assert "there is an application 'axb-demo' already" in said.out
        assert (
            "-- no bundle was written: the simulator at --simulator has a seed, a clock and a past of its own"
            in said.err
        )
        assert main(["run", "busy.yaml", "--simulator", url, "--app", "axb-demo", "-q", "--no-bundle"]) == 1
        assert "no bundle" not in capsys.readouterr().err
        assert main(["run", "busy.yaml", "--simulator", url, "--token", "wrong-token"]) == 2
        assert f"the simulator at {url} refuses: unauthorized" in capsys.readouterr().err
    assert main(["run", "busy.yaml", "--simulator", url]) == 6
    assert f"no simulator answers at {url}" in capsys.readouterr().out


def test_an_interrupted_run_is_exit_130_and_its_reports_are_whole():
    Path("hung.yaml").write_text(HUNG, encoding="utf-8")
    command = [sys.executable, "-m", "simulator", "run", "hung.yaml", "--junit", "r.xml", "--html", "r.html"]
    environment = {**os.environ, "PYTHONPATH": str(Path(simulator.__file__).parents[1])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert any(b"API   bind" in line for line in process.stdout)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert (process.returncode, said.strip()) == (130, b"interrupted")
    assert "not played: the run ended with an interruption" in Path("r.xml").read_text(encoding="utf-8")
    assert Path("r.html").read_text(encoding="utf-8").rstrip().endswith("</html>")


def test_help_gives_the_exit_codes_and_an_example(capsys):
    assert main(["run", "--help"]) == 0
    said = capsys.readouterr().out
    assert "Exit codes: 0 all passed, 1 an expectation failed" in said
    assert "pnsim run scenarios/axb --receiver" in said


def test_the_reports_that_are_asked_for_are_written(tmp_path: Path, capsys):
    junit, page = tmp_path / "junit.xml", tmp_path / "report.html"
    asked = ["run", "busy.yaml", "-q", "--ladder", "--junit", str(junit), "--html", str(page)]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "│─── dials X ────▶│" in said
    assert said.endswith("\n1 of 67 documented hangup causes, 1 of 28 operations seen\n1 passed\n")
    assert '<testcase name="busy" classname="busy.yaml"' in junit.read_text(encoding="utf-8")
    assert "<svg" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("option", ["--junit", "--html", "--ndjson"])
def test_a_report_that_cannot_be_written_is_said_before_anything_is_played(option: str, capsys):
    assert main(["run", "busy.yaml", option, "nowhere/report"]) == 2
    told = capsys.readouterr()
    assert f"Invalid value for {option}: nowhere/report: No such file or directory" in told.err
    assert told.out == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("option", ["--junit", "--html", "--ndjson"])
def test_a_disk_that_is_full_is_said_of_the_report(option: str, capsys):
    assert main(["run", "busy.yaml", option, "/dev/full"]) == 2
    assert f"Invalid value for {option}: /dev/full: No space left on device" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_an_output_that_is_full_is_no_bug():
    command = [sys.executable, "-m", "simulator", "run", "busy.yaml"]
    environment = {**os.environ, "PYTHONPATH": str(Path(simulator.__file__).parents[1])}
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment, check=False)
    assert ended.returncode == 5
    assert ended.stderr.startswith(b"what there was to say could not be written: No space left on device\n")
    assert b"bug" not in ended.stderr


def test_two_reports_in_one_file_are_refused(capsys):
    assert main(["run", "busy.yaml", "--junit", "r.xml", "--html", "./r.xml"]) == 2
    said = capsys.readouterr().err
    assert "Invalid value for --html: r.xml is that of --junit already; give each a file of its own" in said


def test_a_failure_is_annotated_where_github_runs_it(monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    with receiver(Behaviour(answer=500)) as listening:
        assert main(["run", "busy.yaml", "-q", "--receiver", listening.url]) == 1
        assert "\n::error file=busy.yaml,line=7,title=busy failed::" in capsys.readouterr().out
        assert main(["run", "busy.yaml", "-q", "--no-github", "--receiver", listening.url]) == 1
        assert "::error" not in capsys.readouterr().out
