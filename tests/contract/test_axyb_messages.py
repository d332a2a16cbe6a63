"""AXYB on the wire: the reader never says more than its schema, answers obey theirs (axe_axyb_x.md 2)."""

import json
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.contract.codes import refusals
from simulator.contract.profile import Profile
from simulator.contract.requests import axyb as requests
from simulator.contract.responses import axyb as responses
from simulator.contract.schemas import load, validator
from simulator.telephony.bindings.axyb import AxBinding, YbBinding
from simulator.telephony.commands.axyb import BindAx, BindYb, QueryAxyb, UnbindAxyb
from simulator.telephony.errors import Refused

PROFILE = Profile.default()
AT = datetime(2026, 1, 1, 20, 0, 5, tzinfo=UTC)
A, B, X, Y = "+8618600005678", "+8618600005679", "+8617000000001", "+8617000000002"
LEAST = AxBinding("s-1", X, A, AT, None, 0, 0)
MOST = AxBinding("s-1", X, A, AT, AT, 7200, 600, 2, False, "a.wav", "b.wav", "order 17")
WITH_B = YbBinding("s-1", "r-1", X, Y, A, B, AT, AT, 60, False, "c.wav", "b's")
ANY = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.text(max_size=6)
    | st.sampled_from(["30", "60", 60, 59.0, 60.0])
)


def read(**members: object) -> BindAx | BindYb:
    return requests.bind(json.dumps(members).encode(), PROFILE)


def test_a_bind_of_a_reads_every_member_and_leaves_those_of_b() -> None:
    command = read(
        origNum=18600005678, areaCode=755, areaMatchMode=1, callDirection="2", duration="60", ybDuration=60.0,
        recordFlag="true", recordHintTone="a.wav", preVoiceX="b.wav", preVoiceY="c.wav", userData=17, subscriptionId="",
    )  # fmt: skip
    assert command == BindAx("18600005678", "755", "1", 2, 60, 60, True, "a.wav", "b.wav", "17")


def test_a_bind_of_b_is_told_by_the_subscription_id() -> None:
    command = read(
        origNum=B, subscriptionId="s-1", areaCode="", callDirection=1, duration=60, recordFlag=True, preVoiceX="b.wav",
        ybDuration="0", preVoiceY="c.wav", userData="u",
    )  # fmt: skip
    assert command == BindYb(B, "s-1", None, None, 0, "c.wav", "u")


def test_queries_are_read() -> None:
    assert requests.unbind("subscriptionId=s&yNum=%2B1&bNum=&x=1", PROFILE) == UnbindAxyb("s", "+1")
    assert requests.query("relationNum=%2B1&app_key=k", PROFILE) == QueryAxyb(None, "+1")
    requests.check_app_key("a=1&app_key=k%2B1&app_key=other", "k+1", PROFILE)


@settings(deadline=None)
@given(st.fixed_dictionaries({"origNum": st.just(A)}, optional={
    name: ANY for name in load("api/axyb/bind.request")["properties"] if name != "origNum"
}))  # fmt: skip
def test_what_the_reader_of_axyb_takes_its_schema_describes(members: dict[str, object]) -> None:
    try:
        read(**members)
    except Refused:
        return
    given_members = {name: value for name, value in members.items() if value not in ("", None)}
    assert validator("api/axyb/bind.request").violations(given_members) == []


@pytest.mark.parametrize("user_data", [None, "order 17"])
def test_the_answer_to_bind_obeys_its_schema_in_axyb(user_data: str | None) -> None:
    members = orjson.loads(responses.bound("s-1", X, user_data, PROFILE).body)
    assert validator("api/axyb/bind.response").violations(members) == []
    assert list(members) == [name for name in load("api/axyb/bind.response")["properties"] if name in members]


@pytest.mark.parametrize(("ax", "peers"), [(LEAST, ()), (MOST, ()), (LEAST, (WITH_B,)), (MOST, (WITH_B,) * 7)])
def test_the_answer_to_query_obeys_its_schema_in_axyb(ax: AxBinding, peers: tuple[YbBinding, ...]) -> None:
    members = orjson.loads(responses.relations(ax, peers, PROFILE).body)
    schema = load("api/axyb/query.response")
    assert validator("api/axyb/query.response").violations(members) == []
    row = schema["properties"]["xyRelationNumList"]["items"]["properties"]
    for relation in members["xyRelationNumList"]:
        assert list(relation) == [name for name in row if name in relation]
    if ax is MOST and peers:
        assert list(members["xyRelationNumList"][0]) == list(row)
        assert relation["subscribeTime"] == "2026-01-02 04:00:05"


def test_every_axyb_schema_takes_unknown_members_or_none() -> None:
    for operation in ("bind", "unbind", "query"):
        for part in ("request", "response"):
            checked = validator(f"api/axyb/{operation}.{part}")
            with_extra = {**checked.schema["examples"][0], "unexpected": 1}
            assert checked.is_valid(with_extra) == (part == "request")


def test_the_modes_own_refusals_are_there() -> None:
    mine = {row.reason for row in refusals() if row.mode == "AXYB"}
    assert mine >= {"user_has_enough", "number_already_bound", "same_parties", "identification_incomplete"}
