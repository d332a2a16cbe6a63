"""The table of faults, what a rule may say, and the sentences of those that may not."""

import orjson
import pytest

from simulator.contract.faults import (
    BadFault,
    as_written,
    concrete,
    fault_rows,
    kinds_of,
    optional_members,
    rule,
    rules,
    shared_settings,
)
from simulator.contract.modes import mode_rows
from simulator.contract.schemas import load, validator
from simulator.delivery.faults import PLANS
from simulator.outbound.faults import DAMAGES

SHARED = ["kinds", "count", "probability"]


def test_each_fault_of_the_table_is_one_file_in_one_of_the_two_folders() -> None:
    of_bytes = {name for name, row in fault_rows().items() if row.sort == "bytes"}
    assert of_bytes == set(DAMAGES)
    assert set(fault_rows()) - of_bytes == set(PLANS)
    assert len(fault_rows()) == 17


def test_every_row_says_what_it_does_in_both_languages() -> None:
    for row in fault_rows().values():
        assert row.zh
        assert row.en
        assert row.page.startswith("notifications.md")
        assert (row.sort, row.asking) in {(s, a) for s in ("order", "bytes") for a in ("yes", "no")} | {
            ("answer", "only")
        }
        for setting in row.parameters:
            assert setting.zh
            assert setting.en
            assert setting.type in ("integer", "number", "text", "choice")
    assert [one.name for one in shared_settings()] == SHARED


def test_the_language_of_scenarios_knows_the_same_names() -> None:
    shape = load("scenario")["$defs"]["fault"]["properties"]
    assert shape["fault"]["anyOf"][0]["enum"] == list(fault_rows())
    own = {setting.name for row in fault_rows().values() for setting in row.parameters}
    assert set(shape) == {"fault", *SHARED, *own}
    assert shape["style"]["anyOf"][0]["enum"] == list(
        next(one.choices for one in fault_rows()["header_case"].parameters if one.name == "style")
    )


def test_a_rule_has_every_value_it_takes() -> None:
    assert as_written(rule({"fault": "late"})) == {
        "fault": "late", "kinds": [], "count": None, "probability": 1, "hours": 3,
    }  # fmt: skip
    assert as_written(rule(as_written(rule({"fault": "gzip", "count": 2, "kinds": ["fee"]})))) == {
        "fault": "gzip", "kinds": ["fee"], "count": 2, "probability": 1, "attempts": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("gzip", 'must be an object such as {"fault": "gzip", "count": 2}, not \'gzip\''),
        ({"count": 1}, "lacks 'fault': the name of one, such as 'gzip'; `pnsim faults --list` lists them"),
        ({"fault": "gzipp"}, "no fault 'gzipp'; did you mean 'gzip'? `pnsim faults --list` lists all 17"),
        ({"fault": 3}, "no fault 3. `pnsim faults --list` lists all 17"),
        ({"fault": "late", "hour": 2}, "late has no 'hour'; did you mean 'hours'? It takes: kinds, count, probability, hours"),
        ({"fault": "late", "attempts": 2}, "late has no 'attempts'. It takes: kinds, count, probability, hours"),
        ({"fault": "late", "hours": 0}, "hours must be a number from 0.001 to 720, not 0"),
        ({"fault": "late", "hours": True}, "hours must be a number from 0.001 to 720, not true"),
        ({"fault": "late", "count": -1}, "count must be a whole number from 0 to 1000000, not -1"),
        ({"fault": "late", "count": 1.5}, "count must be a whole number from 0 to 1000000, not 1.5"),
        ({"fault": "late", "probability": 1.1}, "probability must be a number from 0 to 1, not 1.1"),
        ({"fault": "header_case", "style": "camel"}, "style must be one of upper, title, lower, not 'camel'"),
        ({"fault": "unknown_member", "member": ""}, "member must be a text of 1 to 100 printable characters, not ''"),
        ({"fault": "late", "kinds": "fee"},
         "kinds must be a list of kinds of notifications, such as ['disconnect', 'fee'], not 'fee'"),
        ({"fault": "late", "kinds": ["collectInfo"]},
         "no 'collectInfo' is pushed in mode AXB. There are: " + ", ".join(kinds_of("AXB"))),
        ({"fault": "cdr_before_disconnect", "kinds": ["fee"]}, "cdr_before_disconnect is about disconnect only, not about 'fee'"),
        ({"fault": "reordered", "kinds": ["fee"]},
         "reordered is about callin, collectInfo, callout, alerting, answer, disconnect, sms, numStatus only, not about 'fee'"),
        ({"fault": "late_decision"},
         "late_decision is about notifications that ask for a decision; there are none in mode AXB"),
        ({"fault": "late_decision", "kinds": ["fee"]},
         "late_decision is about notifications that ask for a decision, not about 'fee'; there are none in mode AXB"),
        ({"fault": "unknown_member", "member": "sessionId"},
         "'sessionId' is a member of alerting in mode AXB; name one that no page knows"),
        ({"fault": "missing_member", "kinds": ["alerting"], "member": "sessionId"},
         "'sessionId' is no optional member of alerting of mode AXB; did you mean 'subscriptionId'? "
         "Optional: " + ", ".join(optional_members("AXB", "alerting"))),
    ],
)  # fmt: skip
def test_what_a_rule_may_not_say_is_refused_in_words(raw: object, sentence: str) -> None:
    with pytest.raises(BadFault) as refused:
        rule(raw, "AXB")
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("raw", "mode", "sentence"),
    [
        ({"fault": "late", "kinds": ["callin"]}, "X",
         "late is not about 'callin', which asks for a decision: all else waits for that"),
        ({"fault": "late", "kinds": ["sms_block"]}, "AX",
         "late is not about 'sms_block', which asks for a decision: all else waits for that"),
        ({"fault": "late_decision", "kinds": ["callin"]}, "AX",
         "late_decision is about notifications that ask for a decision, not about 'callin'; those of mode AX: sms_block"),
    ],
)  # fmt: skip
def test_what_can_never_be_hit_in_a_mode_is_refused(raw: dict, mode: str, sentence: str) -> None:
    with pytest.raises(BadFault) as refused:
        rule(raw, mode)
    assert str(refused.value) == sentence


def test_a_body_is_never_whole_that_is_to_be_cut_or_parted() -> None:
    request = _request(b'{"a":1}')
    for count in (None, 0, 6, 7, 1048576):
        assert len(DAMAGES["truncated_body"](request, {"bytes": count}).body) < 7
        parted = DAMAGES["two_segments"](request, {"bytes": count, "pause_seconds": 0})
        assert parted.pause_at is not None
        assert parted.pause_at < 7


def test_of_a_list_the_place_is_said() -> None:
    with pytest.raises(BadFault, match=r"^faults\[2\]: lacks 'fault'"):
        rules([{"fault": "late"}, {}])
    with pytest.raises(BadFault, match=r"^faults must be a list of at most 100 objects, not 'late'$"):
        rules("late")


@pytest.mark.parametrize("mode", [row.mode for row in mode_rows()])
def test_what_is_missing_is_optional_in_every_mode_and_the_rest_still_obeys_the_schema(mode: str) -> None:
    for kind in kinds_of(mode):
        name = f"notifications/{mode.lower()}/{kind}"
        body = orjson.dumps(load(name)["examples"][0])
        made = rule({"fault": "missing_member", "kinds": [kind]}, mode)
        chosen = [concrete(made, hits, mode, kind, body) for hits in range(50)]
        for parameters in filter(None, chosen):
            request = _request(body)
            left = orjson.loads(DAMAGES["missing_member"](request, parameters).body)
            assert left != orjson.loads(body)
            assert validator(name).violations(left) == []
        members = {parameters["member"] for parameters in chosen if parameters}
        assert members <= set(optional_members(mode, kind))
        assert len(members) == len([one for one in optional_members(mode, kind) if f'"{one}"'.encode() in body])


def test_nothing_is_missing_where_the_member_is_not_carried() -> None:
    body = b'{"eventType":"alerting","statusInfo":{"sessionId":"s","timestamp":"2026-01-01 00:00:00"}}'
    assert concrete(rule({"fault": "missing_member"}), 0, "AXB", "alerting", body) is None


def _request(body: bytes):
    from simulator.outbound.raw import RawRequest

    return RawRequest((("Host", "h"), ("content-length", str(len(body)))), body, lambda _: ())
