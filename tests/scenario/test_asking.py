"""The customer's side of the API: words of the core on the wire, and signatures that the platform takes."""

import pytest
from aiohttp import web

from simulator.clock.wall import utc_now
from simulator.contract.fields import words
from simulator.contract.operations import Operation, operations, operations_of
from simulator.contract.schemas import load, names, validator
from simulator.delivery.signature import Scheme, digest
from simulator.scenario.asking import ApiRequest, Credentials, Customer, api_request
from simulator.scenario.judging import ATTRIBUTE
from simulator.scenario.loader import language

AXB = operations_of("AXB")
PARTNERS = "/rest/caas/relationnumber/partners/v1.0"


def test_words_of_a_bind_travel_in_a_json_body():
    words = {
        "caller": "+861",
        "callee": "+862",
        "x_number": "+863",
        "record": True,
        "caller_tone": "a.wav",
        "direction": 1,
    }
    assert api_request(AXB["bind"], words, "key") == ApiRequest(
        "POST",
        PARTNERS,
        b'{"callerNum":"+861","calleeNum":"+862","relationNum":"+863","recordFlag":"true",'
        b'"preVoice":{"callerHintTone":"a.wav"},"callDirection":1}',
    )


def test_words_of_a_query_travel_in_the_address_with_the_plus_escaped():
    assert api_request(AXB["query"], {"x_number": "+863", "page_index": 2}, "key") == ApiRequest(
        "GET", f"{PARTNERS}?relationNum=%2B863&pageIndex=2"
    )
    assert api_request(AXB["unbind"], {}, "key") == ApiRequest("DELETE", PARTNERS)


def test_a_word_that_an_operation_does_not_carry_is_named():
    with pytest.raises(ValueError, match="unbind carries no 'callee'; it carries: x_number, subscription_id"):
        api_request(AXB["unbind"], {"callee": "+862"}, "key")


def played() -> list[Operation]:
    return [row for row in operations() if row.request in names()]


def test_every_operation_has_its_schemas():
    for row in played():
        assert validator(row.request).schema["type"] == "object"
        assert row.status in (200, 301)


def test_every_word_of_a_step_has_a_place_in_an_operation_of_some_mode():
    for step in ("bind", "unbind", "modify", "query", "set_callee", "terminate", "request"):
        shape = language()["$defs"][step]["properties"]
        rows = [row for row in played() if step in (row.operation, "request")]
        carried = {word for row in rows for word in words(row.request)}
        known = {rule["x-word"] for rule in shape.values() if "x-word" in rule}
        assert not rows or carried - known <= {"subscription_id", "pre_voice"}
        for row in rows:
            assert api_request(row, dict.fromkeys(known & set(words(row.request)), "1"), "key").target.startswith(
                row.path
            )


def test_the_words_of_answers_are_members_of_the_response_schemas():
    members = {name for row in played() if row.status == 200 for name in load(row.answer)["properties"]}
    first = {names[0] for names in language()["x-answers"].values()}
    assert first <= members


@pytest.mark.parametrize("scheme", list(Scheme))
async def test_every_request_is_signed_afresh_and_follows_no_redirect(scheme: Scheme):
    seen: list[web.BaseRequest] = []

    async def answer(request: web.BaseRequest) -> web.Response:
        seen.append(request)
        return web.Response(status=301, headers={"Location": "/elsewhere"})

    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        customer = Customer(f"http://127.0.0.1:{runner.addresses[0][1]}", Credentials("key", "secret"), utc_now)
        replies = [await customer.ask("recording_address", {"file_name": "a", "domain": "b"}, scheme) for _ in "ab"]
    finally:
        await runner.cleanup()
    assert [(reply.status, reply.location) for reply in replies] == [(301, "/elsewhere")] * 2
    tokens = [dict(ATTRIBUTE.findall(request.headers[f"X-{scheme.value}"])) for request in seen]
    assert tokens[0]["Nonce"] != tokens[1]["Nonce"]
    for token in tokens:
        assert token["PasswordDigest"] == digest(scheme, "secret", token["Nonce"], token["Created"])
