"""What a run shows: the timeline for people, NDJSON for programs."""

import io
import re
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from simulator.scenario.loader import parse
from simulator.scenario.places import Place
from simulator.scenario.reports.ndjson import Ndjson
from simulator.scenario.reports.printing import Line, printer
from simulator.scenario.reports.timeline import Timeline
from simulator.scenario.results import LINES_SHOWN, Failure, Result, Status, exit_code, summary
from simulator.scenario.verdict import Finding, Standing
from simulator.scenario.watching import Watchers
from tests.scenario.stages import BOUND, played, story

AT = datetime(2026, 1, 1, tzinfo=UTC)
STEPS = f"""\
{BOUND.replace("as: pair", "record: true")}\
  - bind: {{caller: A, callee: C, number: X, expect: {{resultcode: "1012010"}}}}
  - call: {{caller: A, dialled: X, rings: 2s, talks: 16s}}
  - expect: {{notifications: [callin, callout, alerting, answer, disconnect, fee], acknowledged: false, attempts: 1}}
  - request: {{operation: recording_address, of: call}}
  - advance: 7d
"""
FLAKY = "needs: sample_receiver\nreceiver: {answer: 503, fail_first: 1}\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def result(status: Status, failure: Failure | None = None) -> Result:
    return Result("story", "story.yaml", "A story", status, 3, 1, failure)


async def shown(steps: str = STEPS, header: str = FLAKY, *, details: bool = True) -> list[str]:
    """The timeline of a run, from what a watcher was told."""
    stream = io.StringIO()
    timeline = Timeline(printer(stream), details=details)
    watcher = await played(story(steps, header))
    timeline.begin(watcher.openings[0])
    for name, number in watcher.names:
        timeline.named(name, number)
    for row in watcher.rows:
        timeline.row(row)
    timeline.jump(AT, AT + timedelta(days=7))
    timeline.jump(AT, AT + timedelta(seconds=2))
    timeline.end(watcher.ended[0])
    timeline.finish(watcher.ended)
    return stream.getvalue().splitlines()


async def test_the_timeline_tells_a_scenario_in_story_time():
    lines = await shown()
    assert lines[0].startswith("━━ story ━━━")
    assert lines[1] == "   A story that a test tells"
    assert lines[2].startswith("   A +86")
    assert lines[3] == "   app axb-demo · seed 7 · receiver: the built-in sample receiver"
    text = "\n".join(lines)
    for line in (
        "   01-01 00:00:00  API   bind                 200 0 Success\n",
        "   01-01 00:00:00  API   bind                 403 1012010 The relation number has been bound.  +86",
        "   01-01 00:00:00  call  A dials X\n",
        "   01-01 00:00:01  ✗     alerting    X→B  503  ",
        "   01-01 00:00:19  call  released 0 Active hang-up after the call was answered (normal end) 接通后主动挂机\n",
        "   01-01 00:00:19  CDR   A→B  talked 16s  cause 0 · point 0 · Q.850 0 · SIP 0 · recorded 16 s\n",
        "   01-01 00:00:20  ✗     fee         A→B  503  ",
        "   01-01 00:01:00  →     callin      A→X  200  ",
        " ms  attempt 2\n",
        "   01-01 00:00:20  API   recording_address    301\n",
        "   01-01 00:00:20  API   recording_download   200\n",
        "          ⋯        clock 7d pass\n",
        " ✓ story passed  6 of 6 steps\n",
    ):
        assert line in text, line
    assert "2s pass" not in text
    assert lines[-1] == "1 passed"


async def test_a_quiet_timeline_has_the_scenarios_and_their_results_only():
    lines = await shown(details=False)
    assert len(lines) == 7
    assert lines[4] == " ✓ story passed  6 of 6 steps"


async def test_an_expired_binding_has_a_line():
    steps = "  - bind: {caller: A, callee: B, number: X, duration: 1m}\n  - advance: 2m\n"
    assert "   01-01 00:01:00  bind  A-X-B expired" in [line.replace("–", "-") for line in await shown(steps, "")]


async def test_a_number_that_a_bind_was_given_has_the_name_that_the_scenario_gave_it():
    steps = """\
  - bind: {user: A, area: "0755", as: shop, number_as: Shop}
  - bind: {of: shop, user: B, number_as: Y}
  - call: {caller: B, dialled: Shop, until: forwarded}
"""
    lines = await shown(steps, 'app: {mode: AXYB, number_pool: {count: 2, area_code: "0755"}}\n')
    assert sum(bool(re.fullmatch(r" {19}name  (Shop|Y) is \+86\d{11}", line)) for line in lines) == 2
    text = "\n".join(lines)
    assert "call  B dials Shop\n" in text
    assert "callin      B→Shop  200" in text
    assert "callout     Y→A     200" in text


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_plain_lines_have_no_colour_and_survive_a_poor_encoding(encoding: str):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    printer(stream)([(" ✓ 接通 ", "bold green"), ("ok  ", "")])
    assert raw.getvalue().decode(encoding) == (" ✓ 接通 ok\n" if encoding == "utf-8" else " ? ?? ok\n")


STEERS = "\x1b[31mred\x07\r\n::error::x \u202eabc\u2028 \x00 \U0001f600 \u65e0\u6548\u00a0\U0001f468\u200d\U0001f469"
WRITTEN_OUT = (
    r"\x1b[31mred\x07\r\n::error::x \u202eabc\u2028 \x00" + " \U0001f600 \u65e0\u6548\u00a0\U0001f468\u200d\U0001f469"
)


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_text_of_others_cannot_steer_a_terminal_nor_begin_a_line(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("NO_COLOR", "1")
    printer(stream)([(STEERS, "")], whole=True)
    assert stream.getvalue().strip() == WRITTEN_OUT


def test_a_terminal_gets_colour_and_lines_that_fit_its_width(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    show = printer(stream)
    long: Line = [("   00:00  ", "dim"), ("接通后主动挂机" * 8, "green")]
    show(long)
    show(long, whole=True)
    cut, *folded = stream.getvalue().splitlines()
    assert "\x1b[" in cut
    assert "…" in cut
    assert sum(line.count("接通后") + line.count("接通") for line in folded) >= 8
    assert len(folded) > 2


def test_a_whole_line_goes_on_beneath_the_column_that_it_fills(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "30")
    stream = Terminal()
    show = printer(stream)
    for line in ("   A title that is longer than that", "     nearest   callin: waiting after 1 attempt"):
        show([(line, "")], whole=True)
    assert [line.rstrip() for line in stream.getvalue().splitlines()] == [
        "   A title that is longer than",
        "   that",
        "     nearest   callin: waiting",
        "               after 1 attempt",
    ]


async def test_no_name_of_the_cast_is_parted_from_its_number():
    members = [f"Party{n}" for n in range(5)]
    cast = f"cast: {{{', '.join(f'{name}: mobile' for name in members)}, X: number}}\n"
    watcher = await played(parse(f"scenario: story\ntitle: Many\n{cast}steps:\n  - advance: 1s\n", "story.yaml"))
    stream = io.StringIO()
    Timeline(printer(stream)).begin(watcher.openings[0])
    first, second = stream.getvalue().splitlines()[2:4]
    assert re.fullmatch(r"   Party0 \+\d{13}  Party1 \+\d{13}  Party2 \+\d{13}", first)
    assert re.fullmatch(r"   Party3 \+\d{13}  Party4 \+\d{13}  X \+\d{13}", second)


def test_a_failure_has_at_most_forty_lines():
    findings = tuple(Finding(Standing.BROKEN, f"e{n}", f"g{n}", f"n{n}") for n in range(50))
    lines = Failure(Place("story.yaml", 3, 5), "step 2 of 3, expect", findings=findings).lines()
    assert len(lines) == LINES_SHOWN
    assert lines[:4] == ["story.yaml:3:5: step 2 of 3, expect", "  expected  e0", "  got       g0", "  nearest   n0"]
    assert lines[-1] == "  … and 112 lines more"


@pytest.mark.parametrize(
    ("statuses", "code", "words"),
    [
        ([], 4, "nothing ran: 0 scenarios"),
        ([Status.PASSED], 0, "1 passed"),
        ([Status.PASSED, Status.SKIPPED], 0, "1 passed, 1 skipped"),
        ([Status.SKIPPED], 4, "1 skipped"),
        ([Status.PASSED, Status.FAILED], 1, "1 passed, 1 failed"),
        ([Status.FAILED, Status.INCOMPLETE], 1, "1 failed, 1 incomplete"),
        ([Status.PASSED, Status.INCOMPLETE], 4, "1 passed, 1 incomplete"),
        ([Status.PASSED, Status.UNREACHABLE], 6, "1 passed, 1 unreachable"),
        ([Status.FAILED, Status.BROKEN], 5, "1 failed, 1 broken"),
    ],
)
def test_a_run_ends_with_the_gravest_exit_code(statuses: list[Status], code: int, words: str):
    results = [result(status) for status in statuses]
    assert exit_code(results) == code
    assert summary(results) == words


async def test_ndjson_has_a_line_for_everything_that_happened():
    stream = io.BytesIO()
    watcher = await played(story(STEPS, FLAKY))
    report = Watchers([Ndjson(stream)])
    report.begin(watcher.openings[0])
    report.named("Y", "+8617000000001")
    for row in watcher.rows:
        report.row(row)
    report.jump(AT, AT + timedelta(days=7))
    report.end(watcher.ended[0])
    report.finish(watcher.ended)
    lines = [orjson.loads(line) for line in stream.getvalue().splitlines()]
    assert lines[0]["type"] == "scenario_started"
    assert lines[0]["cast"].keys() == {"A", "B", "C", "X"}
    assert lines[1] == {"type": "number_named", "scenario": "story", "name": "Y", "number": "+8617000000001"}
    kinds = {line["row"]["kind"] for line in lines if line["type"] == "row"}
    assert {"api_request", "call_event", "attempt_started", "attempt_ended", "cdr"} <= kinds
    moved, ended, finished = lines[-3:]
    assert (moved["from"], moved["to"]) == ("2026-01-01T00:00:00.000000Z", "2026-01-08T00:00:00.000000Z")
    assert (ended["type"], ended["status"], ended["steps_done"]) == ("scenario_ended", "passed", 6)
    assert finished == {"type": "run_ended", "scenario": None, "counts": {"passed": 1}, "exit_code": 0}
