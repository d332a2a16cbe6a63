"""`pnsim replay` against a real server: what is sent, what is compared, what is refused with which words and code."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import CliRunner, Result

from simulator.cli.main import main, pnsim
from simulator.clock.wall import utc_now
from simulator.contract.schemas import load
from simulator.replay.spool import Spool
from simulator.scenario.asking import Credentials
from simulator.scenario.deciding import connect_to
from simulator.scenario.language import Behaviour
from simulator.scenario.receiver import SampleReceiver
from tests.replay.recordings import AT, a_call, capture, event, har, ndjson, request, rows

NOBODY = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def invoke(*args: object) -> Result:
    return CliRunner().invoke(pnsim, ["replay", *map(str, args)])


async def replay(*args: object) -> Result:
    """In a thread of its own: the command has an event loop of its own."""
    return await asyncio.to_thread(invoke, *args)


@asynccontextmanager
async def server(mode: str = "AXB", key: str = "", secret: str = "", **how: Any) -> AsyncIterator[SampleReceiver]:
    key = key or f"{mode.lower()}-demo"
    credentials = Credentials(key, secret or f"{key}-secret")
    async with SampleReceiver(credentials, utc_now, Behaviour(**how), mode=mode) as receiver:
        yield receiver


@asynccontextmanager
async def listener() -> AsyncIterator[tuple[str, list[dict[str, str]]]]:
    """A server that says yes; its address, and the headers that came, their names in lower case."""
    came: list[dict[str, str]] = []

    async def answer(asked: web.Request) -> web.Response:
        came.append({name.lower(): value for name, value in asked.headers.items()})
        return web.Response()

    app = web.Application()
    app.router.add_post("/{path}", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/"), came


def write(content: bytes | dict[str, Any], name: str = "recording") -> str:
    Path(name).write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return name


def an_axb_call() -> list:
    """Requests that obey the schemas, so that the sample receiver has nothing to complain of."""
    callin = load("notifications/axb/callin")["examples"][0]
    fee = load("notifications/axb/fee")["examples"][0]
    session = callin["statusInfo"]["sessionId"]
    fee["feeLst"][0] |= {"sessionId": session, "appKey": "axb-demo", "callEndTime": "2019-01-24 02:30:22"}
    bodies = [callin, load("notifications/axb/disconnect")["examples"][0], fee]
    bodies[1]["statusInfo"]["sessionId"] = session
    return [request(json.dumps(body).encode(), seconds) for seconds, body in zip((0, 20, 21), bodies, strict=True)]


def complaints(receiver: SampleReceiver) -> list[str]:
    return [complaint for arrival in receiver.arrivals for complaint in arrival.judged.complaints]


@pytest.mark.parametrize("made", [capture, lambda found: ndjson(rows(found)), har], ids=["capture", "journal", "har"])
async def test_every_source_goes_out_signed_again_to_the_address_of_its_kind(made):
    source = write(made(an_axb_call()))
    async with server() as receiver:
        result = await replay(source, "--receiver", receiver.url, "--speed", "1000x", "--expect-same")
    assert result.exit_code == 0, result.output
    assert [arrival.path for arrival in receiver.arrivals] == ["/status", "/status", "/status"]
    assert [arrival.judged.kind for arrival in receiver.arrivals] == ["callin", "disconnect", "fee"]
    assert [one for one in complaints(receiver) if "came to /status" not in one] == []
    assert "sent 3 of 3 requests in" in result.stdout
    assert "3 answered, 3 acknowledged, 0 without an answer" in result.stdout
    assert "timing: planned 0.021 s, took" in result.stdout
    assert "answers: all 3 as recorded" in result.stdout
    assert "signed by axb-demo" in result.stderr


async def test_bare_bodies_go_to_the_address_of_their_kind_and_have_nothing_to_compare_with():
    source = write(b"".join(one.body + b"\n" for one in an_axb_call()))
    async with server() as receiver:
        result = await replay(source, "--receiver", receiver.url + "/", "--asap")
        strict = await replay(source, "--receiver", receiver.url, "--asap", "--expect-same")
    assert [arrival.path for arrival in [*receiver.arrivals][:3]] == ["/callin", "/status", "/fee"]
    assert complaints(receiver) == []
    assert "answers: the recording has none to compare with" in result.stdout
    assert result.exit_code == 0
    assert strict.exit_code == 4
    assert "--expect-same: the recording has no answers, so there is nothing that could be the same" in strict.stderr


async def test_renewed_ids_and_times_are_valid_new_and_one_call():
    source = write(capture(an_axb_call()))
    async with server() as receiver:
        result = await replay(source, "--receiver", receiver.url, "--asap", "--renew")
        await replay(source, "--receiver", receiver.url, "--asap", "--renew")
    told = [told for arrival in receiver.arrivals for told in arrival.judged.told]
    sessions = [one.session_id for one in told]
    assert sessions[0] == sessions[1] == sessions[2]
    assert sessions[3] == sessions[4] == sessions[5]
    assert len({*sessions, json.loads(an_axb_call()[0].body)["statusInfo"]["sessionId"]}) == 3
    assert [one for one in complaints(receiver) if "came to /status" not in one] == []
    assert "ids are new, and times moved by " in result.stdout


async def test_numbers_of_then_become_those_of_now_in_requests_and_recorded_decisions():
    callin = load("notifications/x/callin")["examples"][0]
    old, new = callin["statusInfo"]["caller"], "+8613800000099"
    body, answer = json.dumps(callin).encode(), connect_to(old)
    source = write(capture([request(body, url="/callin", answer=answer)]))
    words = ("--app", "x-demo", "--replace", f"{old}={new}", "--expect-same")
    async with server("X", decision=connect_to(new)) as receiver:
        result = await replay(source, "--receiver", receiver.url, *words)
    assert result.exit_code == 0, result.output
    assert [told.caller for arrival in receiver.arrivals for told in arrival.judged.told] == [new]


async def test_an_answer_that_differs_is_shown_and_fails_where_it_is_expected_to_be_the_same():
    source = write(capture(an_axb_call()))
    async with server(answer=503) as receiver:
        told = await replay(source, "--receiver", receiver.url, "--virtual")
        failed = await replay(source, "--receiver", receiver.url, "--virtual", "--expect-same")
        lines = await replay(source, "--receiver", receiver.url, "--virtual", "--json")
    assert told.exit_code == 0
    assert failed.exit_code == 1
    assert "was answered 200, is answered 503; was acknowledged, is not: answered 503" in told.stdout
    assert "answers: 3 of 3 differ from the recorded ones" in told.stdout
    *differences, summary = map(json.loads, lines.stdout.splitlines())
    assert [one["difference"]["kind"] for one in differences] == ["callin", "disconnect", "fee"]
    assert differences[0]["difference"]["source"] == "recording:2"
    wanted = {
        "requests": 3,
        "sent": 3,
        "acknowledged": 0,
        "compared": 3,
        "different": 3,
        "on_time": True,
        "stopped": None,
    }
    assert {name: summary["summary"][name] for name in wanted} == wanted


async def test_more_differences_than_a_table_has_are_counted():
    source = write(capture([request(event("callin", f"s-{number}"), number) for number in range(30)]))
    async with server(answer=500) as receiver:
        result = await replay(source, "--receiver", receiver.url, "--asap")
    assert result.stdout.count("is answered 500") == 20
    assert "… and 10 more; --json has them all" in result.stdout


async def test_decisions_are_compared_as_json():
    callin = json.dumps(load("notifications/x/callin")["examples"][0]).encode()
    same, other = connect_to("+8613800000023"), connect_to("+8613800000024")
    spaced = json.dumps(json.loads(same), indent=1).encode()
    recorded = [request(callin, url="/callin", answer=spaced), request(callin, 1, url="/callin", answer=other),
                request(callin, 2, url="/callin", answer=b"{}")]  # fmt: skip
    async with server("X", decision=same) as receiver:
        result = await replay(write(capture(recorded)), "--receiver", receiver.url, "--virtual", "--json",
                              "--app", "x-demo")  # fmt: skip
    one, two, _ = map(json.loads, result.stdout.splitlines())
    assert one["difference"]["differences"] == [f"the decision was {other.decode()}, is {same.decode()}"]
    assert two["difference"]["differences"][0] == "was not acknowledged, is now"


async def test_what_was_not_answered_then_may_not_be_answered_now():
    source = write(capture([request(event("callin"), status=None, failure="no answer within 10 s")]))
    async with server(cut=True) as receiver:
        same = await replay(source, "--receiver", receiver.url, "--expect-same")
    async with server() as receiver:
        other = await replay(source, "--receiver", receiver.url, "--expect-same")
    assert same.exit_code == 0, same.output
    assert other.exit_code == 1
    assert "was not answered (no answer within 10 s), is answered 200; was not acknowledged, is now" in other.stdout


async def test_recorded_headers_go_out_untouched_where_that_is_asked_for():
    headers = (("Host", "old"), ("X-AKSK", 'UsernameToken Username="axb-demo",PasswordDigest="abc="'), ("X-Trace", "7"))
    source = write(capture([replace(an_axb_call()[0], headers=headers)]))
    async with listener() as (url, came):
        await replay(source, "--receiver", url, "--keep-signature")
        await replay(source, "--receiver", url)
        masked = await replay(write(capture(an_axb_call()), "b"), "--receiver", url, "--keep-signature", "--asap")
    kept, signed = came[:2]
    assert (kept["x-aksk"], kept["x-trace"], kept["host"]) == (headers[1][1], "7", url.partition("//")[2])
    assert signed["x-aksk"] != kept["x-aksk"]
    assert (signed["x-trace"], signed["content-type"]) == ("7", "application/json;charset=UTF-8")
    assert "the recording has its digests masked: a receiver that checks signatures refuses them" in masked.stderr


async def test_another_application_signs_in_the_scheme_of_its_profile(tmp_path):
    (tmp_path / "pnsim.toml").write_text('[profile]\npush_scheme = "WSSE"\n')
    source = write(capture(an_axb_call()[:1]))
    words = ("--app", "mine", "--secret", "hush")
    async with server(key="mine", secret="hush") as receiver, listener() as (url, came):
        result = await replay(source, "--receiver", receiver.url, *words)
        await replay(source, "--receiver", url, *words)
    assert "signed by mine" in result.stderr
    assert complaints(receiver) == []
    assert 'Username="mine"' in came[0]["x-wsse"]


async def test_recorded_addresses_are_dialled_where_they_are_loopback_or_declared():
    async with server() as receiver:
        here = write(capture([replace(an_axb_call()[0], url=f"{receiver.url}/hooks?x=1")]))
        result = await replay(here, "--to-recorded-urls", "--expect-same")
    assert result.exit_code == 0, result.output
    assert receiver.arrivals[0].path == "/hooks"
    there = write(capture([replace(an_axb_call()[0], url="http://192.0.2.1/status")]), "there")
    refused = await replay(there, "--to-recorded-urls")
    assert refused.exit_code == 6
    assert "STOPPED: 192.0.2.1 is not declared as a receiver" in refused.stdout


def test_nobody_listens():
    result = invoke(write(capture(an_axb_call())), "--receiver", NOBODY, "--asap")
    assert result.exit_code == 6
    assert "the receiver is out of reach; `pnsim receive` starts a sample server" in result.stderr


def test_a_dry_run_lists_the_plan_and_sends_nothing():
    source = write(capture(an_axb_call()))
    result = invoke(source, "--receiver", NOBODY, "--speed", "2x", "--dry-run", "--max-gap", "10s")
    assert result.exit_code == 0
    head, *lines = (line.split("\t") for line in result.stdout.splitlines())
    assert head == ["after", "recorded", "kind", "attempt", "about", "url"]
    assert [(line[0], line[1], line[2], line[5]) for line in lines] == [
        ("0.0", "2026-01-01T08:00:00.000000Z", "callin", f"{NOBODY}/status"),
        ("5.0", "2026-01-01T08:00:20.000000Z", "disconnect", f"{NOBODY}/status"),
        ("5.5", "2026-01-01T08:00:21.000000Z", "fee", f"{NOBODY}/status"),
    ]
    (step, *_) = invoke(source, "--receiver", NOBODY, "--dry-run", "--json").stdout.splitlines()
    assert json.loads(step)["kind"] == "callin"


@pytest.mark.parametrize(
    ("options", "kinds"),
    [
        (("--kind", "fee"), ["fee", "fee"]),
        (("--cause", "8102"), ["callin", "callout", "disconnect", "fee"]),
        (("--call", "good", "--kind", "callin"), ["callin"]),
        (("--from", "2026-01-01T08:00:10Z", "--to", "2026-01-01T16:00:11+08:00"), ["fee", "disconnect"]),
        (("--mode", "AXB", "--number", "13800000023", "--attempts", "first"), ["callin", "callin", "callout", "callout",
                                                                              "disconnect", "fee", "disconnect", "fee"]),
    ],
)  # fmt: skip
def test_what_is_sent_is_chosen(options, kinds):
    source = write(capture([*a_call("good"), *a_call("busy", 2, 8102)]))
    result = invoke(source, "--receiver", NOBODY, "--dry-run", "--json", *options)
    assert sorted(json.loads(line)["kind"] for line in result.stdout.splitlines()) == sorted(kinds)


async def test_what_stands_out_of_order_is_sorted_and_said():
    source = write(capture(an_axb_call()[::-1]))
    async with server() as receiver:
        result = await replay(source, "--receiver", receiver.url, "--asap")
    assert [arrival.judged.kind for arrival in receiver.arrivals] == ["callin", "disconnect", "fee"]
    assert "2 requests stand behind later ones in the source; they are sorted by time" in result.stderr


async def test_a_long_silence_is_shortened_and_said():
    call = an_axb_call()
    source = write(capture([*call, replace(call[0], at=AT.replace(day=3))]))
    async with server() as receiver:
        result = await replay(source, "--receiver", receiver.url, "--speed", "1000x")
    assert "1 silences were shortened, by 172,719 s in all (--max-gap)" in result.stdout


async def test_a_schedule_that_a_slow_receiver_breaks_is_said_loudly():
    recorded = [request(event("callin"), number / 100) for number in range(10)]
    async with server(delay_seconds=0.15) as receiver:
        result = await replay(write(capture(recorded)), "--receiver", receiver.url)
    assert re.search(
        r"NOT ON TIME: the schedule was not kept \(9 waited for the answer to one before them\)", result.stdout
    )


WRONG = {
    (): "where to? --receiver URL is your server, --to-recorded-urls sends each where it went then",
    ("--receiver", NOBODY, "--to-recorded-urls"):
        "--receiver and --to-recorded-urls exclude one another: each request goes to one address",
    ("--receiver", NOBODY, "--asap", "--virtual"): "--asap and --virtual exclude one another: there is one timing",
    ("--receiver", NOBODY, "--replace", "13800000001"):
        "'13800000001' is no OLD=NEW, such as +8613800000001=+8613800000099",
    ("--receiver", NOBODY, "--replace", "+861=+862"):
        "--replace: no text in these requests is '+861', so there is nothing to replace",
    ("--receiver", NOBODY, "--rate", "5/s", "--max-gap", "1s"):
        "--max-gap shortens silences of the recorded timing, and --rate has none of them",
    ("--receiver", NOBODY, "--virtual", "--lanes", "3"): "--virtual sends one request at a time: leave out --lanes",
    ("--receiver", NOBODY, "--dry-run", "--expect-same"):
        "--dry-run sends nothing, so there is no answer that --expect-same could compare",
    ("--receiver", NOBODY, "--speed", "fast"): "'fast' is no speed: original, or from 0.1x to 1000x",
    ("--receiver", NOBODY, "--speed", "0.05x"): "'0.05x' is no speed: original, or from 0.1x to 1000x",
    ("--receiver", NOBODY, "--rate", "many"): "'many' is no rate of requests such as 50/s or 90/m",
    ("--receiver", NOBODY, "--from", "noon"): "'noon' is no instant such as 2026-01-01T08:00:00Z or 2026-01-01",
    ("--receiver", NOBODY, "--max-gap", "long"): "'long' is no duration such as 500ms, 60s, 5m or 1h (24h at most)",
    ("--receiver", NOBODY, "--secret", "s"): "--secret needs --app KEY: whose secret is it?",
    ("--receiver", NOBODY, "--keep-signature", "--app", "a"):
        "--keep-signature signs nothing: leave out --app and --secret",
    ("--receiver", NOBODY, "--app", "axb-dem"):
        "no application 'axb-dem' has a secret here; did you mean 'axb-demo'? give --secret, or configure it under [[apps]]",
    ("--receiver", NOBODY, "--kind", "fees"): "'fees' is not one of",
}  # fmt: skip


@pytest.mark.parametrize(("options", "sentence"), WRONG.items())
def test_a_wrong_wish_is_refused_with_what_would_be_right(options, sentence):
    result = invoke(write(capture(an_axb_call())), *options)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_an_application_without_a_secret_is_refused_before_anything_is_sent():
    source = write(capture([*an_axb_call(), replace(an_axb_call()[0], app_key="shop")]))
    result = invoke(source, "--receiver", NOBODY)
    assert result.exit_code == 2
    assert (
        "recording:5 is of application 'shop', whose secret is not known here; configure it under [[apps]], sign with "
        "another by --app KEY --secret SECRET, or send what was recorded with --keep-signature"
    ) in result.stderr


def test_another_machine_gets_no_more_than_was_recorded_unless_it_is_said():
    source = write(capture(an_axb_call()))
    result = invoke(source, "--receiver", "http://192.0.2.1", "--asap")
    assert result.exit_code == 2
    assert "this is faster than it was recorded, and http://192.0.2.1 is on another machine" in result.stderr
    result = invoke(source, "--receiver", "http://192.0.2.1", "--rate", "500/s")
    assert "500 calls a second are more than 100, the ceiling for a receiver on another machine" in result.stderr


def test_a_full_disk_is_said(monkeypatch):
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Spool, "add", full)
    result = invoke(write(capture(an_axb_call())), "--receiver", NOBODY)
    assert result.exit_code == 3
    assert re.search(
        r"the sorted copy of recording cannot be kept in \S+: No space left on device; TMPDIR names", result.stderr
    )


@pytest.mark.parametrize(
    ("content", "options", "code", "sentence"),
    [
        (b"", (), 3, "recording is empty, instead of a journal of pnsim"),
        (b"{\n", (), 3, "recording:2:1: no JSON"),
        (event("callin") + b"\n", ("--to-recorded-urls",), 3,
         "recording:1 says of no address where it went; name --receiver URL"),
        (ndjson([{"position": 1, "kind": "x", "at": "x"}]), ("--receiver", NOBODY), 4,
         "recording has no requests to a receiver: there is nothing to replay"),
        (event("callin") + b"\n", ("--receiver", NOBODY, "--kind", "sms"), 4,
         "none of the 1 requests in recording is what was asked for: there is nothing to replay"),
    ],
)  # fmt: skip
def test_a_source_that_gives_nothing_ends_with_its_code(content, options, code, sentence, capfd):
    assert main(["replay", write(content), *(options or ("--receiver", NOBODY))]) == code
    assert sentence in capfd.readouterr().err
