"""The customer's side of the API: words of the core on the wire, and signatures that the platform takes."""

import pytest
from aiohttp import web

from simulator.clock.wall import utc_now
from simulator.contract.schemas import load, validator
from simulator.delivery.signature import Scheme, digest
from simulator.scenario.asking import ApiRequest, Credentials, Customer, api_request, success_status
from simulator.scenario.judging import ATTRIBUTE
from simulator.scenario.loader import language

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
    assert api_request("bind", words) == ApiRequest(
        "POST",
        PARTNERS,
        b'{"callerNum":"+861","calleeNum":"+862","relationNum":"+863","recordFlag":"true",'
        b'"preVoice":{"callerHintTone":"a.wav"},"callDirection":1}',
    )


def test_words_of_a_query_travel_in_the_address_with_the_plus_escaped():
    assert api_request("query", {"x_number": "+863", "page_index": 2}) == ApiRequest(
        "GET", f"{PARTNERS}?relationNum=%2B863&pageIndex=2"
    )
    assert api_request("unbind", {}) == ApiRequest("DELETE", PARTNERS)


def test_a_word_that_an_operation_does_not_carry_is_named():
    with pytest.raises(ValueError, match="unbind carries no 'callee'; it carries: x_number, subscription_id"):
        api_request("unbind", {"callee": "+862"})


def test_every_operation_of_the_language_has_a_schema_and_a_status():
    for operation, how in language()["x-operations"].items():
        assert validator(how["schema"]).schema["type"] == "object"
        assert success_status(operation) in (200, 301)


def test_every_word_of_the_language_has_a_place_in_its_operation():
    for operation in ("bind", "unbind", "modify", "query"):
        shape = language()["$defs"][operation]["properties"]
        words = {rule["x-word"]: "1" for rule in shape.values() if "x-word" in rule}
        assert api_request(operation, words).target.startswith(PARTNERS)


def test_the_words_of_answers_are_members_of_the_response_schemas():
    members = set(load("api/axb/bind.response")["properties"])
    assert set(language()["x-answers"].values()) <= members


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
