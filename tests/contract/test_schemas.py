"""The laws of the JSON Schemas: complete, valid 2020-12, with examples that both libraries accept, never fetching."""

import copy
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import referencing.exceptions

from simulator.contract.codes import disconnect_points, hangup_causes, q850, releases
from simulator.contract.schemas import (
    ID_PREFIX,
    RemoteReferenceError,
    UnknownSchemaError,
    Validator,
    load,
    names,
    validator,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
EVENTS = ("callin", "callout", "alerting", "answer", "disconnect")
PARTS = ("request", "response")
AXB = {f"api/axb/{operation}.{part}" for operation in ("bind", "unbind", "modify", "query") for part in PARTS}
AX_OPERATIONS = ("bind", "unbind", "modify", "query", "set_callee")
AX = {f"api/ax/{operation}.{part}" for operation in AX_OPERATIONS for part in PARTS}
AXE_OPERATIONS = ("bind", "unbind", "modify", "query", "list", "count")
AXE = {f"api/axe/{operation}.{part}" for operation in AXE_OPERATIONS for part in PARTS}
MODES = ("ax", "axb", "axe", "axyb", "x")
EXPECTED = AX | AXB | AXE | {f"api/recording/address.{part}" for part in PARTS} | {"api/refusal"}
EXPECTED |= {f"notifications/{mode}/fee" for mode in MODES}
EXPECTED |= {f"api/calls/terminate.{part}" for part in PARTS}
NOTIFIED = {f"notifications/{mode}/{event}" for mode in MODES for event in EVENTS} | {"notifications/axe/collectInfo"}
NOTIFIED |= {f"notifications/{mode}/numStatus" for mode in MODES}
NOTIFIED |= {f"notifications/{mode}/sms" for mode in ("ax", "axb", "x")}
NOTIFIED |= {f"notifications/{mode}/sms_block" for mode in ("ax", "x")}
KINDS = {"text", "number", "flag", "integer", "object", "voice_file"}
WRONG = (None, True, -1, 1.5, 10**9, "", "x", "+86\n", "2019-01-24 02:30:22\n", [], {}, [None], {"x": 1}, "长" * 300)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place below the root of a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy with `new` at the place, or without the place when `new` is Ellipsis."""
    result = copy.deepcopy(value)
    parent = result
    for key in path[:-1]:
        parent = parent[key]
    if new is ...:
        del parent[path[-1]]
    else:
        parent[path[-1]] = new
    return result


def mutants(example: Any) -> Iterator[Any]:
    """The example with a member dropped, added or of another type, at every place."""
    yield {**example, "unexpected": 1}
    for path in places(example):
        yield changed(example, path, ...)
        for wrong in WRONG:
            yield changed(example, path, wrong)
        if path and isinstance(path[-1], str):
            yield changed(example, (*path[:-1], "unexpected"), 1)


def root_cause(error: BaseException) -> BaseException:
    return root_cause(error.__cause__) if error.__cause__ else error


def sub_schemas(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, member in schema.get("properties", {}).items():
        yield name, member
        yield from sub_schemas(member)
        yield from sub_schemas(member.get("items", {}))


def test_every_request_response_and_notification_has_a_schema() -> None:
    assert set(names()) >= EXPECTED | NOTIFIED


@pytest.mark.parametrize("name", names())
def test_a_schema_is_valid_and_says_what_it_is(name: str) -> None:
    schema = load(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == DIALECT
    assert schema["$id"] == f"{ID_PREFIX}{name}.json"
    assert schema["title"]
    assert ".md" in schema["description"] or not name.startswith(("api/", "notifications/"))
    assert schema["examples"]


@pytest.mark.parametrize("name", names())
def test_every_example_is_valid_for_both_libraries(name: str) -> None:
    checked = validator(name)
    for example in checked.schema["examples"]:
        assert checked.violations(example) == []
        assert checked.is_valid(example)


@pytest.mark.parametrize("name", sorted(EXPECTED | NOTIFIED))
def test_both_libraries_give_one_verdict_on_mutated_examples(name: str) -> None:
    checked = validator(name)
    verdicts = {True: 0, False: 0}
    for mutant in (mutant for example in checked.schema["examples"] for mutant in mutants(example)):
        verdict = checked.is_valid(mutant)
        assert verdict == (checked.violations(mutant) == []), mutant
        verdicts[verdict] += 1
    assert verdicts[False] > 0


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_request_takes_unknown_members_and_an_answer_does_not(name: str) -> None:
    checked = validator(name)
    with_extra = {**checked.schema["examples"][0], "unexpected": 1}
    assert checked.is_valid(with_extra) == name.endswith(".request")


@pytest.mark.parametrize("name", sorted(name for name in EXPECTED if name.endswith(".request")))
def test_every_request_field_has_its_core_word(name: str) -> None:
    fields = [member["x-field"] for _, member in sub_schemas(load(name))]
    assert all(set(field) == {"name", "kind", "empty"} for field in fields)
    assert {field["kind"] for field in fields} <= KINDS
    assert {field["empty"] for field in fields} <= {"absent", "allowed"}
    assert len({field["name"] for field in fields}) == len(fields)


@pytest.mark.parametrize(
    "tolerated",
    [
        {"callerNum": 13800000021, "calleeNum": "x", "relationNum": 1},
        {"callerNum": "A", "calleeNum": "B", "recordFlag": True, "privateSms": "false"},
        {"callerNum": "A", "calleeNum": "B", "maxDuration": "3", "callDirection": "0", "duration": ""},
        {"callerNum": "A", "calleeNum": "B", "lastMinVoice": None, "preVoice": None, "areaMatchMode": 1},
        {"callerNum": "A", "calleeNum": "B", "userData": "", "areaCode": "", "preVoice": "", "whatever": {}},
    ],
)
def test_what_production_tolerates_is_tolerated(tolerated: dict[str, Any]) -> None:
    assert validator("api/axb/bind.request").violations(tolerated) == []


@pytest.mark.parametrize(
    ("refused", "sentence"),
    [
        ({"maxDuration": 1441}, "at /maxDuration: 1441 is greater than the maximum of 1440"),
        ({"userData": "a^b"}, "at /userData: 'a^b' does not match"),
        ({"userData": "中文"}, "at /userData: '中文' does not match"),
        ({"callDirection": 3}, "at /callDirection: 3 is greater than the maximum of 2"),
        ({"preVoice": "tone.wav"}, "at /preVoice: 'tone.wav' is expected to be empty"),
    ],
)
def test_what_the_documents_forbid_is_refused(refused: dict[str, Any], sentence: str) -> None:
    violations = validator("api/axb/bind.request").violations({"callerNum": "A", "calleeNum": "B", **refused})
    assert [violation.startswith(sentence) for violation in violations] == [True]


def test_the_order_of_members_is_that_of_the_samples() -> None:
    disconnect = load("notifications/axb/disconnect")["properties"]["statusInfo"]["properties"]
    assert list(disconnect)[:7] == [
        "sessionId", "timestamp", "caller", "called", "stateCode", "stateDesc", "subscriptionId",
    ]  # fmt: skip
    fee = load("notifications/axb/fee")
    members = list(fee["properties"]["feeLst"]["items"]["properties"])
    for record in (example["feeLst"][0] for example in fee["examples"]):
        assert [member for member in members if member in record] == list(record)


def test_the_codes_of_the_notifications_are_those_of_the_tables() -> None:
    disconnect = load("notifications/axb/disconnect")["properties"]["statusInfo"]["properties"]
    fee = load("notifications/axb/fee")["properties"]["feeLst"]["items"]["properties"]
    assert disconnect["stateCode"]["enum"] == list(hangup_causes())
    points = set(disconnect_points()) | {row.disconnect_point for row in releases().values()}
    assert fee["ulFailReason"]["enum"] == sorted(points)
    assert fee["fwdUnaswRsn"]["enum"] == fee["callOutUnaswRsn"]["enum"] == list(q850())


def test_every_text_of_a_hangup_cause_fits_the_disconnect_event() -> None:
    checked = validator("notifications/axb/disconnect")
    [example, *_] = checked.schema["examples"]
    for cause in hangup_causes().values():
        info = {**example["statusInfo"], "stateCode": cause.code, "stateDesc": cause.en}
        assert checked.violations({**example, "statusInfo": info}) == []


def test_violations_name_the_place_and_are_ordered_by_it() -> None:
    wrong = {"eventType": "disconnect", "statusInfo": {"sessionId": "s", "timestamp": "now", "stateCode": "x"}}
    place, *_ = validator("notifications/axb/disconnect").violations(wrong)
    assert place.startswith("at /statusInfo/stateCode: 'x' is not")
    assert "at /: 'eventType' is a required property" in validator("notifications/axb/fee").violations({"feeLst": []})


def test_an_unknown_schema_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownSchemaError, match="no schema 'api/refusall'; the nearest is 'api/refusal'"):
        validator("api/refusall")


def test_a_validator_is_made_once_and_its_schema_is_fresh() -> None:
    assert validator("api/refusal") is validator("api/refusal")
    load("api/refusal").clear()
    assert load("api/refusal")


def test_a_remote_reference_is_never_fetched() -> None:
    remote = {"$schema": DIALECT, "$ref": "http://127.0.0.1:9/other.json"}
    with pytest.raises(Exception, match=r"http://127\.0\.0\.1:9/other\.json"):
        Validator("remote", remote)


def test_a_reference_to_an_own_id_is_read_from_disk_by_both_libraries() -> None:
    local = Validator("local", {"$schema": DIALECT, "$ref": f"{ID_PREFIX}api/refusal.json"})
    [example, *_] = load("api/refusal")["examples"]
    assert local.is_valid(example)
    assert local.violations(example) == []
    assert not local.is_valid({})
    assert len(local.violations({})) == 2


def test_the_reference_library_never_fetches_either(monkeypatch: pytest.MonkeyPatch) -> None:
    checked = Validator("local", load("api/refusal"))
    monkeypatch.setattr(checked, "schema", {"$schema": DIALECT, "$ref": "http://127.0.0.1:9/other.json"})
    with pytest.raises(referencing.exceptions.Unresolvable, match=r"127\.0\.0\.1:9") as refused:
        checked.violations({})
    assert isinstance(root_cause(refused.value), RemoteReferenceError)
