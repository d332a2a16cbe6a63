"""The reports of a run: ladder, JUnit, page, annotations, coverage; from one story that passes and others that do not."""

import io
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from lxml import etree

from simulator.scenario.language import Scenario
from simulator.scenario.performance import Options
from simulator.scenario.places import Place
from simulator.scenario.reports.chronicle import RUNGS_KEPT, Chapter, Chronicle, Rung
from simulator.scenario.reports.coverage import Coverage
from simulator.scenario.reports.drawing import drawing
from simulator.scenario.reports.github import annotations
from simulator.scenario.reports.html import page
from simulator.scenario.reports.junit import Junit, sayable
from simulator.scenario.reports.ladder import ladder
from simulator.scenario.reports.printing import text_of
from simulator.scenario.results import Failure, Result, Status
from simulator.scenario.runner import Runner
from simulator.scenario.watching import Watchers
from tests.scenario.stages import BOUND, Theatre, clocks, story

AT = datetime(2026, 1, 1, tzinfo=UTC)
PASSES = BOUND + "  - call: {caller: A, dialled: X}\n  - advance: 7d\n"
FAILS = PASSES + "  - expect: {notifications: [callin, fee]}\n"
HOSTILE = '<script>alert("x")</script>'
XSD = Path(__file__).with_name("junit.xsd")


async def chapters(*scenarios: Scenario) -> tuple[list[Chapter], Coverage]:
    found: list[Chapter] = []
    coverage = Coverage()
    watcher = Watchers([coverage, Chronicle(found.append)])
    await Runner(Theatre().stage, Options(), clocks(), watcher).run(scenarios)
    return found, coverage


def ended(status: Status, *, name: str = "story", failure: Failure | None = None) -> Chapter:
    return Chapter(result=Result(name, f"{name}.yaml", "A story", status, 3, 1, failure))


# --- the ladder ---


async def test_a_call_is_a_ladder_between_caller_platform_callee_and_receiver():
    (chapter,), _ = await chapters(story(PASSES))
    lines = [text_of(line) for line in ladder(chapter)]
    assert lines[0].split() == ["caller", "platform", "callee", "receiver"]
    drawn = [re.sub(r" +", " ", line) for line in lines[1:]]
    assert drawn == [
        " 01-01 00:00:00 │ │◀─────────── bind 200 ────────────│",
        " 01-01 00:00:00 │─── dials X ────▶│ │ │",
        " 01-01 00:00:00 │ │─── forwards ───▶│ │",
        " 01-01 00:00:00 │ │────────── callin 200 ───────────▶│",
        " 01-01 00:00:00 │ │────────── callout 200 ──────────▶│",
        " 01-01 00:00:01 │ │◀──── rings ─────│ │",
        " 01-01 00:00:01 │ │───────── alerting 200 ──────────▶│",
        " 01-01 00:00:03 │ │◀─── answers ────│ │",
        " 01-01 00:00:03 │ │────────── answer 200 ───────────▶│",
        " 01-01 00:00:13 │ │◀── hangs up 0 ──│ │",
        " 01-01 00:00:13 │ │──────── disconnect 200 ─────────▶│",
        " 01-01 00:00:14 │ │──────────── fee 200 ────────────▶│",
    ]
    assert all(len(line) <= 80 for line in lines)


async def test_an_sms_is_on_the_ladder_with_who_gets_it_or_why_nobody_does():
    steps = BOUND + "  - sms: {from: A, to: X, text: hello}\n  - sms: {from: C, to: X, text: hello, as: other}\n"
    (chapter,), _ = await chapters(story(steps))
    drawn = [re.sub(r" +", " ", text_of(line)) for line in ladder(chapter)]
    assert drawn[2:] == [
        " 01-01 00:00:00 │─── SMS to X ───▶│ │ │",
        " 01-01 00:00:00 │ │───── SMS ──────▶│ │",
        " 01-01 00:00:00 │ │──────────── sms 200 ────────────▶│",
        " 01-01 00:00:00 │─── SMS to X ───▶│ │ │",
        " 01-01 00:00:00 │ ● no SMS: 2 no binding 未查询到绑定关系",
        " 01-01 00:00:00 │ │──────────── sms 200 ────────────▶│",
    ]


async def test_a_refused_request_and_a_failed_attempt_are_told_with_what_was_answered():
    steps = BOUND + '  - bind: {caller: A, callee: B, number: X, expect: {resultcode: "1012010"}}\n'
    flaky = story(steps + "  - call: {caller: A, dialled: X}\n  - advance: 1m\n",
                  "needs: sample_receiver\nreceiver: {answer: 503, fail_first: 1}\n")  # fmt: skip
    (chapter,), _ = await chapters(flaky)
    texts = [rung.text for rung in chapter.rungs]
    assert "bind  403 1012010" in texts
    assert {"callin  503", "callin  200, attempt 2"} <= set(texts)
    failed = next(rung for rung in chapter.rungs if rung.text == "callin  503")
    assert failed.tone == "bad"
    assert failed.sent.startswith("POST http://127.0.0.1:")
    assert '"eventType":"callin"' in failed.sent
    assert failed.got.startswith("answered 503")


def test_what_does_not_fit_is_cut_and_chinese_takes_two_columns():
    chapter = Chapter(rungs=[Rung(AT, "platform", "platform", "被叫用户正忙" * 20, "bad"),
                             Rung(AT, "caller", "platform", "a very long text for a short arrow", "call")])  # fmt: skip
    _, note, arrow = (text_of(line) for line in ladder(chapter))
    assert note.endswith("…")
    assert len(note) + sum(note.count(character) for character in "被叫用户正忙") <= 80
    assert arrow.count("│") == 4
    assert "a very long" in arrow
    assert "…" in arrow


def test_time_that_passes_between_two_rungs_is_a_gap():
    chapter = Chapter()
    for minutes in (0, 0.9, 2, 8):
        chapter.add(Rung(AT + timedelta(minutes=minutes), "caller", "platform", f"{minutes}", "call"))
    assert [rung.text for rung in chapter.rungs] == ["0", "0.9", "1m 6s pass", "2", "6m pass", "8"]


def test_of_a_long_scenario_the_first_rungs_are_drawn_and_the_rest_is_counted():
    chapter = Chapter()
    for _ in range(RUNGS_KEPT + 1500):
        chapter.add(Rung(AT, "caller", "platform", "dials X", "call"))
    assert text_of(list(ladder(chapter))[-1]).strip() == "… and 1,500 more"


# --- JUnit ---


def junit(found: list[Chapter], coverage: Coverage | None = None) -> etree._Element:
    ticks = iter(range(100))
    report = Junit(coverage or Coverage(), lambda: next(ticks))
    for chapter in found:
        report.add(chapter)
    file = io.BytesIO()
    report.write(file)
    document = etree.fromstring(file.getvalue())
    etree.XMLSchema(etree.parse(str(XSD))).assertValid(document)
    return document


async def test_every_scenario_is_a_test_case_and_the_document_obeys_the_schema():
    found, coverage = await chapters(story(PASSES), story(FAILS))
    document = junit(found, coverage)
    passed, failed = document.iter("testcase")
    assert (document.get("tests"), document.get("failures"), document.get("errors")) == ("2", "1", "0")
    assert (passed.get("name"), passed.get("classname")) == ("story", "story.yaml")
    assert "dials X" in passed.findtext("system-out")
    assert failed.find("failure").get("message").startswith("story.yaml:8:")
    assert "expected  callin → fee about call" in failed.findtext("failure")
    assert document.find(".//property").get("value") == coverage.sentence()


@pytest.mark.parametrize(
    ("status", "element"),
    [
        (Status.SKIPPED, "skipped"),
        (Status.BROKEN, "error"),
        (Status.INCOMPLETE, "error"),
        (Status.UNREACHABLE, "error"),
        (Status.FAILED, "failure"),
    ],
)
def test_every_way_to_end_has_its_element(status: Status, element: str):
    document = junit([ended(status, failure=Failure(None, "story.yaml", "why"))])
    (case,) = document.iter("testcase")
    assert case.find(element).get("type") == status.value
    assert case.find(element).get("message") == "story.yaml: why"


def test_what_xml_cannot_carry_is_replaced():
    failure = Failure(None, "story.yaml", "got \x00\x1b[31m \ud800 <b>&")
    (case,) = junit([ended(Status.FAILED, failure=failure)]).iter("testcase")
    assert case.findtext("failure") == "story.yaml: got \ufffd\ufffd[31m \ufffd <b>&"
    assert sayable("plain 中文\n") == "plain 中文\n"


def test_a_run_of_nothing_is_a_document_too():
    assert junit([]).get("tests") == "0"


# --- the page ---


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))


def tags_of(text: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(text)
    return parser.seen


async def test_the_page_holds_a_ladder_with_a_link_to_every_messages_bytes():
    found, coverage = await chapters(story(PASSES), story(FAILS))
    text = page(found, coverage)
    tags = tags_of(text)
    ids = {attributes["id"] for _, attributes in tags if "id" in attributes}
    links = {attributes["href"] for tag, attributes in tags if tag == "a"}
    assert [tag for tag, _ in tags].count("svg") == 2
    assert links
    assert links <= {f"#{one}" for one in ids}
    assert "&quot;eventType&quot;:&quot;callin&quot;" in text
    assert coverage.sentence() in text


async def test_the_page_fetches_nothing_and_runs_nothing():
    (found, coverage) = await chapters(story(PASSES))
    tags = tags_of(page(found, coverage))
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in tags}
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on") or name == "src"]
    policy = next(attributes["content"] for tag, attributes in tags if "http-equiv" in attributes)
    assert policy.startswith("default-src 'none'")


def test_hostile_text_is_only_text():
    chapter = ended(Status.FAILED, name=HOSTILE, failure=Failure(None, HOSTILE, HOSTILE))
    chapter.names[HOSTILE] = HOSTILE
    chapter.rungs.append(Rung(AT, "platform", "receiver", HOSTILE, "bad", HOSTILE, HOSTILE))
    text = page([chapter], Coverage())
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "script" not in {tag for tag, _ in tags_of(drawing(chapter, "s0"))}


def test_text_that_steers_is_written_out_on_the_page_and_in_annotations():
    failure = Failure(Place("story.yaml", 4, 5), "step 1\x1b[31m", "\u202ea\nb\x00")
    chapter = ended(Status.FAILED, failure=failure)
    chapter.rungs.append(Rung(AT, "platform", "receiver", "fee\u202e", "good", "POST /\n\n\x1b\u202e", "200"))
    text = page([chapter], Coverage())
    assert "step 1\\x1b[31m: \\u202ea\nb\\x00" in text
    assert "<pre>POST /\n\n\\x1b\\u202e</pre>" in text
    assert "fee\\u202e</text>" in text
    assert not [one for one in text if not one.isprintable() and one != "\n"]
    (one,) = annotations([chapter.result] if chapter.result else [])
    assert one.isprintable()
    assert one.endswith(r"step 1\x1b[31m: \u202ea%0Ab\x00")
    results = [chapter.result for _ in range(10) if chapter.result]
    assert annotations(results)[-1] == "::error title=pnsim::1 more scenario did not pass"


async def test_the_same_seed_makes_the_same_page():
    async def once() -> str:
        text = page(*await chapters(story(PASSES)))
        for changing in (
            r"127\.0\.0\.1:\d+",
            r"(?<=Digest=&quot;)[^&]*",
            r"(?<=Nonce=&quot;)[^&]*",
            r"(?<=Created=&quot;)[^&]*",
        ):
            text = re.sub(changing, "…", text)
        return text

    assert await once() == await once()


# --- annotations and coverage ---


def failed(count: int) -> list[Result]:
    failure = Failure(Place("a,b.yaml", 7, 3), "expect", "100 % wrong\nsecond line")
    return [Result(f"s{n}", "a,b.yaml", "t", Status.FAILED, 1, 0, failure) for n in range(count)]


def test_an_annotation_stands_at_the_line_of_its_step():
    assert annotations(failed(1)) == [
        "::error file=a%2Cb.yaml,line=7,title=s0 failed::a,b.yaml:7:3: expect: 100 %25 wrong%0Asecond line"
    ]


def test_nine_are_annotated_and_the_rest_is_counted():
    assert len(annotations(failed(9))) == 9
    lines = annotations(failed(12))
    assert len(lines) == 10
    assert lines[-1] == "::error title=pnsim::3 more scenarios did not pass"


def test_what_passed_or_was_skipped_is_not_annotated():
    results = [ended(status).result for status in (Status.PASSED, Status.SKIPPED)]
    assert annotations([result for result in results if result]) == []


async def test_coverage_counts_the_documented_causes_and_the_operations_of_every_mode():
    _, coverage = await chapters(story(PASSES))
    assert coverage.as_json() == {
        "hangup_causes": {"seen": 1, "of": 67},
        "operations": {"seen": 1, "of": 28},
        "causes_by_mode": {"AXB": [0]},
        "operations_by_mode": {"AXB": ["bind"]},
    }
    assert coverage.sentence() == "1 of 67 documented hangup causes, 1 of 28 operations seen"
