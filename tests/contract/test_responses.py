"""Answers: each is valid against its schema, with members in the schema's order."""

from datetime import UTC, datetime

import orjson
import pytest

from simulator.contract.profile import Profile
from simulator.contract.responses import axb as responses
from simulator.contract.responses import common
from simulator.contract.schemas import load, validator
from simulator.telephony.bindings.axb import AxbBinding
from simulator.telephony.commands.axb import QueryAxb

AT = datetime(2026, 1, 1, 20, 0, 5, tzinfo=UTC)
LEAST = AxbBinding("s-1", "+8613800006666", "+8613800000021", "+8613800000023", AT)
MOST = AxbBinding(
    "s-2", "+8613800006666", "+8613800000025", "+8613800000027", AT, AT, 2, 60, False, "a.wav", 3, "b.wav", True, "c.wav",
    "d.wav", "order 17",
)  # fmt: skip


@pytest.mark.parametrize("binding", [LEAST, MOST])
def test_the_answer_to_bind_obeys_its_schema(binding: AxbBinding) -> None:
    members = orjson.loads(responses.bound(binding).body)
    assert validator("api/axb/bind.response").violations(members) == []
    assert list(members) == list(load("api/axb/bind.response")["properties"])


@pytest.mark.parametrize("kind", ["integer", "string"])
def test_the_answer_to_query_obeys_its_schema(kind: str) -> None:
    profile = Profile.default().with_overrides({"page_number_type": kind})
    answer = responses.page((LEAST, MOST), 2, QueryAxb(), "axb-demo", profile)
    members = orjson.loads(answer.body)
    schema = load("api/axb/query.response")
    assert validator("api/axb/query.response").violations(members) == []
    assert list(members) == list(schema["properties"])
    assert list(members["relationNumList"][1]) == list(schema["properties"]["relationNumList"]["items"]["properties"])


def test_members_never_set_are_absent() -> None:
    relation = responses.relation(LEAST, Profile.default())
    assert list(relation) == ["subscriptionId", "relationNum", "callerNum", "calleeNum", "subscribeTime"]


def test_flags_come_back_as_strings_and_times_in_their_zone() -> None:
    relation = responses.relation(MOST, Profile.default())
    assert (relation["recordFlag"], relation["privateSms"]) == ("false", "true")
    assert relation["subscribeTime"] == "2026-01-02 04:00:05"


def test_unbind_and_modify_answer_success_alone() -> None:
    assert common.DONE.body == b'{"resultcode":"0","resultdesc":"Success"}'
    for name in ("unbind", "modify"):
        assert validator(f"api/axb/{name}.response").violations(orjson.loads(common.DONE.body)) == []
