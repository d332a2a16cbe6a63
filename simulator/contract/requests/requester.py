"""For whom a request is made: the A number that it carries, whatever the operation (recording_auth_codes.md 5)."""

from collections.abc import Sequence

from simulator.contract.bodies import json_object, query_members
from simulator.contract.fields import fields
from simulator.contract.operations import Operation
from simulator.contract.profile import Profile
from simulator.telephony.errors import Refused

A_WORDS = frozenset({"user", "caller"})


def a_numbers(operation: Operation, body: bytes, query: str, profile: Profile) -> Sequence[str]:
    """The A numbers of a request as they were written; none where it carries none or cannot be read."""
    try:
        members = json_object(body, profile) if operation.carried_in == "body" else query_members(query)
    except Refused:
        return ()
    wanted = (field.wire for field in fields(operation.request) if field.core in A_WORDS)
    return tuple(str(members[name]) for name in wanted if members.get(name))
