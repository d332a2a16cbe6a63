"""Requests of mode AX: from body or query to the core's command (ax_axb.md 1 to 5)."""

from simulator.contract.bodies import json_object, query_members
from simulator.contract.fields import fields, missing, read
from simulator.contract.profile import Profile
from simulator.contract.requests.common import check_shapes
from simulator.telephony.commands.ax import BindAx, ModifyAx, QueryAx, SetCallee, UnbindAx

BIND = "api/ax/bind.request"
UNBIND = "api/ax/unbind.request"
MODIFY = "api/ax/modify.request"
QUERY = "api/ax/query.request"
SET_CALLEE = "api/ax/set_callee.request"


def bind(body: bytes, profile: Profile) -> BindAx:
    """The bind that a body asks for; raises Refused (ax_axb.md 1)."""
    members = json_object(body, profile)
    values = read(fields(BIND), members, profile)
    check_shapes(values, fields(BIND), profile)
    command = BindAx(**values)
    if command.x_number is None:
        needed = {"area_code": command.area_code, "number_type": command.number_type}
        lacking = next((word for word, value in needed.items() if value is None), None)
        if lacking is not None:
            wire = next(field.wire for field in fields(BIND) if field.core == lacking)
            raise missing(wire, (), profile)
    return command


def unbind(query: str, profile: Profile) -> UnbindAx:
    """The unbind that a query asks for; raises Refused (ax_axb.md 2)."""
    return UnbindAx(**read(fields(UNBIND), query_members(query), profile))


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
    values = read(fields(SET_CALLEE), json_object(body, profile), profile)
    check_shapes(values, fields(SET_CALLEE), profile)
    return SetCallee(**values)
