"""Requests of mode AX: from body or query to the core's command (ax_axb.md 1 to 5)."""

from collections.abc import Mapping
from functools import cache

from simulator.contract.bodies import json_object, query_members
from simulator.contract.fields import Field, fields, missing, read
from simulator.contract.profile import Profile
from simulator.contract.requests.common import CALLABLE, check_shapes
from simulator.telephony.commands.ax import BindAx, ModifyAx, QueryAx, SetCallee, UnbindAx

BIND = "api/ax/bind.request"
UNBIND = "api/ax/unbind.request"
MODIFY = "api/ax/modify.request"
QUERY = "api/ax/query.request"
SET_CALLEE = "api/ax/set_callee.request"


NOT_READ = "user"
"""A of an unbind and of a temporary callee: the platform does not parse it (ax_axb.md 2 and 5)."""


def bind(body: bytes, profile: Profile) -> BindAx:
    """The bind that a body asks for; raises Refused (ax_axb.md 1)."""
    members = json_object(body, profile)
    values = read(fields(BIND), members, profile)
    check_shapes(values, fields(BIND), profile)
    command = BindAx(**values)
    if command.x_number is None:
        check_area(command, members, profile)
    return command


def check_area(command: BindAx, members: Mapping[str, object], profile: Profile) -> None:
    """Raises Refused unless X can be chosen: areaCode and privateNumType are mandatory without privateNum."""
    by_word = {field.core: field.wire for field in fields(BIND)}
    for word in ("area_code", "number_type"):
        if getattr(command, word) is None:
            raise missing(by_word[word], set(members) - set(by_word.values()), profile)


def unbind(query: str, profile: Profile) -> UnbindAx:
    """The unbind that a query asks for; raises Refused (ax_axb.md 2)."""
    return UnbindAx(**read(read_fields(UNBIND), query_members(query), profile))


def modify(body: bytes, profile: Profile) -> ModifyAx:
    """The modification that a body asks for; raises Refused (ax_axb.md 3)."""
    values = read(fields(MODIFY), json_object(body, profile), profile)
    check_shapes(values, fields(MODIFY), profile)
    return ModifyAx(values.pop("subscription_id", None), values.pop("x_number", None), values)


def query(query: str, profile: Profile) -> QueryAx:
    """The question that a query asks; raises Refused (ax_axb.md 4)."""
    return QueryAx(**read(fields(QUERY), query_members(query), profile))


def set_callee(body: bytes, profile: Profile) -> SetCallee:
    """The temporary callee that a body sets; raises Refused (ax_axb.md 5)."""
    table = read_fields(SET_CALLEE)
    values = read(table, json_object(body, profile), profile)
    check_shapes(values, table, profile, CALLABLE)
    return SetCallee(**values)


@cache
def read_fields(schema_name: str) -> tuple[Field, ...]:
    """The fields of a request without the A that nobody reads."""
    return tuple(field for field in fields(schema_name) if field.core != NOT_READ)
