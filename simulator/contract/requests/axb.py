"""Requests of mode AXB: from body or query to the core's command (ax_axb.md 6 to 9)."""

from simulator.contract.bodies import json_object, query_members
from simulator.contract.fields import fields, read, whole
from simulator.contract.profile import Profile
from simulator.contract.requests.common import check_shapes, page_index, page_size
from simulator.telephony.commands.axb import BindAxb, ModifyAxb, QueryAxb, UnbindAxb
from simulator.telephony.errors import Reason, Refused
from simulator.telephony.numbering import NumberKind, kind_of

BIND = "api/axb/bind.request"
UNBIND = "api/axb/unbind.request"
MODIFY = "api/axb/modify.request"
QUERY = "api/axb/query.request"

PAGES = frozenset({"page_index", "page_size"})


def bind(body: bytes, profile: Profile) -> BindAxb:
    """The bind that a body asks for; raises Refused (ax_axb.md 6)."""
    values = read(fields(BIND), json_object(body, profile), profile)
    check_shapes(values, fields(BIND), profile)
    command = BindAxb(**values)
    if command.x_number is None and command.area_code is None and kind_of(command.caller) is not NumberKind.LANDLINE:
        why = (
            f"neither relationNum nor areaCode: the caller {command.caller!r} is no landline, so one of them is needed"
        )
        raise Refused(Reason.IDENTIFICATION_INCOMPLETE, why, detail="x_number")
    return command


def modify(body: bytes, profile: Profile) -> ModifyAxb:
    """The modification that a body asks for; raises Refused (ax_axb.md 8)."""
    values = read(fields(MODIFY), json_object(body, profile), profile)
    check_shapes(values, fields(MODIFY), profile)
    return ModifyAxb(values.pop("subscription_id"), values)


def unbind(query: str, profile: Profile) -> UnbindAxb:
    """The unbind that a query asks for; raises Refused (ax_axb.md 7)."""
    return UnbindAxb(**read(fields(UNBIND), query_members(query), profile))


def query(query: str, profile: Profile) -> QueryAxb:
    """The question that a query asks; a wrong page is the first, a wrong size the default (ax_axb.md 9)."""
    members = query_members(query)
    asked = tuple(field for field in fields(QUERY) if field.core not in PAGES)
    pages = {field.core: whole(members.get(field.wire)) for field in fields(QUERY) if field.core in PAGES}
    return QueryAxb(
        **read(asked, members, profile),
        page_index=page_index(pages["page_index"]),
        page_size=page_size(pages["page_size"], profile),
    )
