"""The control plane's OpenAPI document is valid, and every answer is as it says: schemathesis with a fixed seed."""

import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from simulator.cli.control_document import control_document
from simulator.control.answers import ANSWERS, FEED
from simulator.control.json_types import Shapes
from tests.in_a_thread import living

if TYPE_CHECKING:
    from conftest import Plane, Receiver

EXAMPLES = int(os.environ.get("PNSIM_FUZZ_EXAMPLES", "12"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
DOCUMENT: dict[str, Any] = control_document()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
ROUTES = [
    (method.upper(), path)
    for path, methods in DOCUMENT["paths"].items()
    for method in methods
    if FEED not in str(methods[method]["responses"])
]
SHORT = {"timeout_seconds": 0, "wall_seconds": 0.05, "seconds": 5}
"""What would let a request wait, or the story go on for years."""
TOKEN = "a-token-for-tests"
KNOWN = {"app_key": "axb-demo", "name": "callerHintTone.wav", "number": "+8613800000001"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with living(control_token=TOKEN) as room:
        yield room.ready.control


def test_the_document_is_valid_openapi_3_1() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_route_says_what_it_answers_and_no_other_is_in_the_table() -> None:
    found = {
        f"{method.upper()} {path.removeprefix('/control/v1')}"
        for path in DOCUMENT["paths"]
        for method in DOCUMENT["paths"][path]
    }
    assert found == set(ANSWERS)


def test_every_member_says_what_it_takes() -> None:
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert all(one["schema"] for one in operation["parameters"])
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            assert all(schema or name == "faults" for name, schema in body.get("properties", {}).items())
    ids = [operation["operationId"] for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    assert len(set(ids)) == len(ids)


def test_a_type_that_is_no_json_has_no_schema() -> None:
    with pytest.raises(TypeError, match="has no JSON Schema here"):
        Shapes().schema_of(set)


async def test_the_document_is_served(plane: "Plane") -> None:
    status, served, _ = await plane.raw("GET", "/openapi.json")
    assert (status, served) == (200, DOCUMENT)


@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_answer_is_a_500_or_outside_its_schema(address: str, method: str, path: str) -> None:
    operation = SCHEMA[path][method]

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy())
    def ask(case: schemathesis.Case) -> None:
        calm(case)
        case.headers.clear()
        case.cookies.clear()
        case.call_and_validate(
            base_url=address, headers={"Authorization": f"Bearer {TOKEN}"}, checks=CHECKS, timeout=30
        )

    ask()


def calm(case: schemathesis.Case) -> None:
    """Nothing that waits, and half of the time something that is there."""
    if isinstance(case.body, dict):
        for name in SHORT.keys() & case.body.keys():
            case.body[name] = SHORT[name]
        if case.path.endswith("/wait"):
            case.body["timeout_seconds"] = 0
        if "scale" in case.body:
            case.body["scale"] = 0
    for name in KNOWN.keys() & (case.path_parameters or {}).keys():
        if len(str(case.path_parameters[name])) % 2:
            case.path_parameters[name] = KNOWN[name]


async def test_what_a_story_leaves_is_within_its_schema(plane: "Plane", receiver: "Receiver") -> None:
    """What a plane without a story never answers: calls with CDR and recording, SMS, attempts, near misses."""
    x_number = plane.bind(record=True).x_number
    wish = {"app_key": "axb-demo", "caller": "+8613800000021", "dialled": x_number}
    call = (await plane.raw("POST", "/calls", json=wish))[1]
    sms = {"app_key": "axb-demo", "sender": "+8613800000021", "x_number": x_number, "text": "hello"}
    await asks(plane, "POST", "/messages", json=sms)
    await asks(plane, "POST", "/clock/advance", json={"seconds": 3600})
    told = (await asks(plane, "GET", f"/notifications?call_id={call['call_id']}"))["notifications"]
    assert told[0]["attempts"]
    await asks(plane, "PUT", "/faults", json={"app_key": "axb-demo", "faults": [{"fault": "gzip"}]})
    await asks(plane, "POST", "/apps/axb-demo/refusals", json={"code": "1010001"})
    for path in (
        "/ready",
        "/apps",
        "/calls",
        "/messages",
        "/journal",
        "/faults",
        "/clock",
        f"/calls/{call['call_id']}",
    ):
        await asks(plane, "GET", path)
    for name in ("numbers", "bindings?history=true", "voice-files", "refusals"):
        await asks(plane, "GET", f"/apps/axb-demo/{name}")
    await asks(plane, "POST", "/journal/verify", json={"match": {"kind": "attempt_ended", "status": 1}})
    await asks(plane, "POST", "/journal/wait", json={"match": {"kind": "x", "number": 1}, "timeout_seconds": 0})
    await asks(plane, "POST", "/journal/verify", json={"demands": [{"match": {"kind": "x"}}]})


async def asks(plane: "Plane", method: str, path: str, **how: Any) -> Any:
    """The answer, which is within the schema of its route."""
    status, answer, _ = await plane.raw(method, path, **how)
    bare = path.split("?", maxsplit=1)[0]
    template = next(
        one
        for one in DOCUMENT["paths"]
        if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(one)), f"/control/v1{bare}")
    )
    said = DOCUMENT["paths"][template][method.lower()]["responses"][str(status)]["content"]["application/json"][
        "schema"
    ]
    Draft202012Validator({**said, "components": DOCUMENT["components"]}).validate(answer)
    return answer
