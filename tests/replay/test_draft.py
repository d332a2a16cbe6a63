"""A drafted scenario is right and tells the same: play a shipped one, draft from what was pushed, play the draft."""

import re

import pytest

from simulator.replay.draft import NothingToDraft, draft
from simulator.resources import folder
from simulator.scenario.loader import files, load_all, parse
from simulator.scenario.results import Status
from tests.replay.shows import pushed, recorded
from tests.replay.test_drift_findings import CALLIN, DISCONNECT, FEE, STORY
from tests.scenario.stages import lines, played

FOLDERS = ("ax", "axb", "axe", "axyb", "x")
PLATFORM = (
    "platform_number_suspended",
    "platform_number_frozen",
    "platform_arrears_and_recovery",
    "platform_edition_2022",
)
NUMBER = re.compile(r"\+?861\d{10}")
SHIPPED = {
    path.stem: path for path in files([folder("scenarios")]) if path.parent.name in FOLDERS or path.stem in PLATFORM
}
SILENT = ("ax_five_numbers", "ax_x_has_one_a", "axb_bound_twice", "axe_extension_taken", "axe_listed_page_by_page")
"""Stories in which nothing is pushed."""
CHOSEN = [
    name
    for place, name in enumerate(SHIPPED)
    if name not in SILENT and (place % 2 or "platform" in name or "sms" in name)
]


@pytest.mark.parametrize("name", CHOSEN)
async def test_a_draft_of_what_a_story_pushed_passes_and_is_told_the_same(name):
    (story,) = load_all(SHIPPED[name])
    first = await played(story)
    text = draft(recorded(first.rows), "drafted", keep=len(name) % 2 == 0)
    again = await played(parse(text, "drafted.yaml"))
    (result,) = again.ended
    assert result.status is Status.PASSED, f"{lines(result)}\n{text}"
    more = set(kinds(again.rows)) - set(kinds(first.rows))
    assert set(kinds(first.rows)) <= set(kinds(again.rows)), text
    assert all(kind.endswith(" fee") for kind in more), "a story may end before its last CDR was pushed"


def kinds(rows) -> list[str]:
    """The first attempts, by the kind of what they tell, in the order of what they are about."""
    firsts = [row for row in rows if row["kind"] == "attempt_started" and row["number"] == 1]
    about = list(dict.fromkeys(str(subject(row)) for row in firsts))
    return sorted(
        f"{about.index(str(subject(row)))} {row['notification_kind']}"
        for row in firsts
        if row["notification_kind"] != "numStatus"
    )


def subject(row) -> object:
    return row.get("call_id") or row.get("message_id")


@pytest.mark.parametrize("name", SILENT)
async def test_where_nothing_was_pushed_there_is_nothing_to_draft(name):
    seen = await played(*load_all(SHIPPED[name]))
    with pytest.raises(NothingToDraft, match="no call, SMS or X-number status in it"):
        draft(recorded(seen.rows), "drafted")


def test_the_draft_of_one_call_is_this():
    assert draft(pushed(STORY), "night") == (
        "# A draft, made from recorded notifications by `pnsim scenario from`: read it, and change what you know better.\n"
        "scenario: night\n"
        "title: What a capture tells of 1 call\n"
        "app: {mode: AXB}\n"
        "cast: {X: number, A: mobile, B: mobile}\n"
        "steps:\n"
        "  - bind: {caller: A, callee: B, number: X, record: true, as: binding_1}\n"
        "  # first told of at story:1\n"
        "  # who hung up is not told: released_by may be caller or callee\n"
        "  - call: {caller: A, dialled: X, rings: 2s, talks: 10s, as: call_1}\n"
        "  - expect:\n"
        "      of: call_1\n"
        "      notifications: [callin, callout, alerting, answer, disconnect, fee]\n"
        "      hangup_cause: 0\n"
    )


async def test_no_number_of_the_capture_is_in_a_draft_unless_asked():
    seen = await played(*load_all(SHIPPED["axyb_both_ways"]))
    assert not NUMBER.search(draft(recorded(seen.rows), "drafted"))
    assert NUMBER.search(draft(recorded(seen.rows), "drafted", keep=True))


async def test_what_a_capture_lacks_is_put_in_and_said():
    cut = [body for place, body in enumerate(STORY) if place not in (CALLIN, DISCONNECT)]
    text = draft(pushed(cut), "drafted")
    assert "# of the call first told of at story:1 the capture lacks callin, disconnect" in text
    (result,) = (await played(parse(text, "drafted.yaml"))).ended
    assert result.status is Status.PASSED, lines(result)


def test_events_without_a_cdr_do_not_say_the_mode():
    text = draft(pushed(STORY[:FEE]), "drafted")
    assert "# no CDR says which mode it was; AXB is a guess, --mode says better" in text
    assert "app: {mode: AX}" in draft(pushed(STORY[:FEE]), "drafted", mode="AX")


def test_one_call_out_of_many_is_found_by_its_session():
    session = STORY[CALLIN]["statusInfo"]["sessionId"]
    assert "title: What a capture tells of 1 call" in draft(pushed(STORY), "drafted", call=session)
    with pytest.raises(NothingToDraft, match="no call 'other' in it"):
        draft(pushed(STORY), "drafted", call="other")


@pytest.mark.parametrize(
    "body", [{"eventType": "disconnect"}, {"eventType": "fee", "feeLst": [{}]}, {"smsEvent": {}}, [], 3]
)
def test_messages_that_say_nothing_make_no_story(body):
    with pytest.raises(NothingToDraft):
        draft(pushed([body]), "drafted")


def test_what_has_no_times_makes_no_story_and_is_named():
    body = {"eventType": "disconnect", "statusInfo": {"sessionId": "s-1", "timestamp": None, "stateCode": 0}}
    with pytest.raises(NothingToDraft, match="nothing that a step could be made of in what it tells of call 's-1'"):
        draft(pushed([body]), "drafted")


async def test_hostile_text_stays_text():
    session = "s\n  - x: 1"
    callin = {"sessionId": session, "timestamp": "2026-01-01 08:00:00", "caller": '"}\n- a', "called": "{]"}
    gone = {"sessionId": session, "stateCode": 99999, "timestamp": "2026-01-01 08:00:01"}
    keyed = {"sessionId": session, "timestamp": "2026-01-01 08:00:00", "digitInfo": "12345678 # {"}
    events = (("callin", callin), ("collectInfo", keyed), ("disconnect", gone))
    text = draft(
        pushed([{"eventType": kind, "statusInfo": info} for kind, info in events]), "drafted", mode="AXE", keep=True
    )
    assert "a call ends with 99999, which pnsim does not have: 8014 here" in text
    assert parse(text, "drafted.yaml").mode == "AXE"
