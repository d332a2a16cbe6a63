"""`pnsim load` and `pnsim export locust` from outside: exit codes, tables, refusals."""

import ast
import json
import sys
from pathlib import Path

import pytest

from simulator.cli.main import main
from simulator.load import measuring
from simulator.scenario.language import Behaviour
from tests.cli.test_cli_run import receiver

BUSY = """\
scenario: busy
title: A calls B, who is on the "phone"
app: {profile: {merge_window_seconds: 0.05}}
cast: {A: mobile, B: mobile, X: number}
steps:
  - bind: {caller: A, callee: B, number: X}
  - call: {caller: A, dialled: X, outcome: busy}
  - expect: {notifications: [callin, callout, disconnect, fee], of: call}
"""
SHORT = ("--rate", "20/s", "--for", "0.5s", "--casts", "2")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("busy.yaml").write_text(BUSY, encoding="utf-8")


def test_two_processes_play_the_calls_and_one_table_tells_of_both(capsys):
    with receiver() as listening:
        assert main(["load", "busy.yaml", "--receiver", listening.url, "--workers", "2", *SHORT]) == 0
    said = capsys.readouterr()
    assert listening.complaints == []
    assert listening.count >= 31
    assert "10 calls, 40 notifications in" in said.out
    assert "hangup causes: 8102 (10)" in said.out
    assert "✓ --max-failures 0  measured: 0" in said.out
    assert f"busy: 20 calls a second for 0.5 s, 2 processes → {listening.url}" in said.err
    assert "1 expectation is not judged under load: every notification must be acknowledged" in said.err


def test_calls_may_come_by_chance_and_a_shipped_scenario_is_found_anywhere(capsys):
    with receiver() as listening:
        asked = ["--arrivals", "poisson", "--seed", "5", *SHORT]
        assert main(["load", "scenarios/axb/axb_busy.yaml", "--receiver", listening.url, *asked]) == 0
    assert "hangup causes: 8102 (" in capsys.readouterr().out
    assert main(["export", "locust", "scenarios/axb/axb_busy.yaml"]) == 0


def test_a_crossed_threshold_is_exit_1_and_json_says_which(capsys):
    with receiver(Behaviour(answer=503)) as listening:
        asked = ["--max-failures", "1%", "--max-p99", "60s", "--json"]
        assert main(["load", "busy.yaml", "--receiver", listening.url, *SHORT, *asked]) == 1
    account = json.loads(capsys.readouterr().out)
    assert account["failures"][0]["reason"] == "answered 503"
    assert (account["calls"], account["failed"], account["exit_code"]) == (10, 40, 1)
    assert [(one["threshold"], one["kept"]) for one in account["thresholds"]] == [
        ("--max-failures", False), ("--max-p99", True),
    ]  # fmt: skip
    assert set(account["latency_ms_by_kind"]) == {"callin", "callout", "disconnect", "fee"}


def test_failures_within_the_threshold_are_no_failure():
    with receiver(Behaviour(answer=503)) as listening:
        assert main(["load", "busy.yaml", "--receiver", listening.url, *SHORT, "--max-failures", "100%"]) == 0


def test_connection_errors_in_a_row_stop_it(capsys):
    with receiver(Behaviour(cut=True)) as listening:
        asked = ["--rate", "100/s", "--for", "5m", "--stop-after", "10"]
        assert main(["load", "busy.yaml", "--receiver", listening.url, *asked]) == 1
    assert "✗ stopped: 10 connection errors in a row\n  the last: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "code", "sentence"),
    [
        ([], 2, "a load needs a receiver: name it with --receiver URL, or in the configuration"),
        (["--receiver", "http://127.0.0.1:9"], 6, "nobody listens at http://127.0.0.1:9/status"),
        (["--receiver", "http://127.0.0.1:9", "--rate", "fast"], 2, "'fast' is no rate of calls such as 200/s or 90/m"),
        (["--receiver", "http://127.0.0.1:9", "--for", "2d"], 2, "'2d' is no duration such as 500ms, 60s, 5m or 1h"),
        (["--receiver", "http://127.0.0.1:9", "--max-p99", "0s"], 2, "'0s' is no duration such as 500ms"),
        (["--receiver", "http://127.0.0.1:9", "--max-failures", "few"], 2,
         "'few' is neither a number of failures such as 10 nor a share such as 1%"),
        (["--receiver", "http://127.0.0.1:9", "--app", "axb-dem"], 2, "did you mean 'axb-demo'?"),
    ],
)  # fmt: skip
def test_refusals(asked, code, sentence, capsys):
    assert main(["load", "busy.yaml", *asked]) == code
    assert sentence in " ".join(capsys.readouterr().err.split())


def test_a_scenario_that_cannot_be_played_is_exit_3_with_its_place(capsys):
    Path("busy.yaml").write_text(BUSY + "  - advance: 7d\n", encoding="utf-8")
    assert main(["load", "busy.yaml", "--receiver", "http://127.0.0.1:9"]) == 3
    said = capsys.readouterr().err
    assert said == "busy.yaml:9:5: advance 7d, instead of bind, call or expect: a load plays nothing else\n"


def test_more_than_the_ceiling_is_refused_unless_it_is_allowed(capsys):
    with receiver() as listening:
        assert main(["load", "busy.yaml", "--receiver", listening.url, "--rate", "3000/s"]) == 2
        said = " ".join(capsys.readouterr().err.split())
        assert "3000 calls a second are more than 2000, the ceiling for a receiver on this machine" in said
        assert "say with --allow-more that it is yours" in said
        asked = ["--rate", "3000/s", "--for", "10ms", "--allow-more", "--casts", "2"]
        assert main(["load", "busy.yaml", "--receiver", listening.url, *asked]) == 0


def test_without_the_extra_it_says_what_to_install(monkeypatch, capsys):
    def missing():
        raise measuring.MissingHistogram

    monkeypatch.setattr("simulator.cli.load.empty_histogram", missing)
    assert main(["load", "busy.yaml", "--receiver", "http://127.0.0.1:9"]) == 2
    assert "`pnsim load` needs `pip install 'privatenumber-simulator[load]'`" in capsys.readouterr().err


def test_an_exported_locustfile_is_python_that_holds_the_scenario(capsys):
    assert main(["export", "locust", "busy.yaml", "-o", "locustfile.py"]) == 0
    source = Path("locustfile.py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert "locust -f locustfile.py --worker" in (ast.get_docstring(tree) or "")
    given = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id in ("SCENARIO", "APP", "PATHS")
    }
    assert given["SCENARIO"] == BUSY
    assert given["PATHS"]["sms_block"] == "sms-block"
    assert given["APP"]["app_key"] == "axb-demo"
    assert "app_secret" not in given["APP"]
    assert main(["export", "locust", "busy.yaml"]) == 0
    assert capsys.readouterr().out == source


def test_an_exported_locustfile_never_holds_a_secret_of_ones_own():
    Path("pnsim.toml").write_text('[[apps]]\napp_key = "mine"\napp_secret = "hush-hush"\n', encoding="utf-8")
    assert main(["export", "locust", "busy.yaml", "-o", "locustfile.py"]) == 0
    source = Path("locustfile.py").read_text(encoding="utf-8")
    assert "hush-hush" not in source
    assert 'SECRET = os.environ["PNSIM_APP_SECRET"]  # of application mine' in source


def test_an_exported_locustfile_plays_under_something_like_locust(tmp_path, monkeypatch):
    """The real one is tried by `make soak`; here its few names are stand-ins, and the file's own code runs."""
    Path("gevent.py").write_text(
        "spawned = []\ndef spawn(what, *with_): spawned.append((what, with_))\n", encoding="utf-8"
    )
    Path("locust.py").write_text(
        "class FastHttpUser:\n    pass\ndef constant_throughput(rate): return rate\ndef task(what): return what\n",
        encoding="utf-8",
    )
    Path("geventhttpclient").mkdir()
    Path("geventhttpclient/__init__.py").write_text("", encoding="utf-8")
    Path("geventhttpclient/client.py").write_text(
        "class HTTPClientPool:\n    def __init__(self, **_): pass\n", encoding="utf-8"
    )
    assert main(["export", "locust", "busy.yaml", "-o", "locustfile.py", "--casts", "2"]) == 0
    monkeypatch.syspath_prepend(tmp_path)
    names: dict[str, object] = {}
    exec(compile(Path("locustfile.py").read_text(encoding="utf-8"), "locustfile.py", "exec"), names)
    caller = names["Caller"]()
    caller.host, caller.client = "http://127.0.0.1:9", Client()
    caller.on_start()
    caller.begin()
    for _ in range(2):
        for parcel in list(names["PUMP"].due()):
            names["send"](caller.client, parcel)
    assert [name for name, _, _ in caller.client.sent] == ["callin", "callout"]
    assert caller.client.sent[0][1] == "http://127.0.0.1:9/callin"
    assert [answer.failed for _, _, answer in caller.client.sent] == [None, None]
    for module in ("gevent", "locust", "geventhttpclient", "geventhttpclient.client"):
        sys.modules.pop(module, None)


class Answer:
    """What Locust's client gives for one request."""

    status_code, content = 200, b""

    def __init__(self) -> None:
        self.request_meta: dict[str, object] = {}
        self.failed: str | None = "not judged"

    def __enter__(self) -> "Answer":
        return self

    def __exit__(self, *_: object) -> None:
        assert self.request_meta["response_time"] >= 0

    def success(self) -> None:
        self.failed = None

    def failure(self, why: str) -> None:
        self.failed = why


class Client:
    """Something like Locust's FastHttpSession."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, Answer]] = []

    def post(self, url, *, data, headers, name, allow_redirects, catch_response):
        assert data
        assert "x-aksk" in headers
        assert (allow_redirects, catch_response) == (False, True)
        self.sent.append((name, url, Answer()))
        return self.sent[-1][2]
