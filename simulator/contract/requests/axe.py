"""Requests of mode AXE: from body or query to the core's command (axe_axyb_x.md 1.1 to 1.6)."""

from collections.abc import Mapping

from simulator.contract.bodies import json_object, query_members
from simulator.contract.fields import Field, fields, invalid, read
from simulator.contract.profile import Profile
from simulator.contract.requests.common import check_shapes
from simulator.telephony.commands.axe import HOURS, BindAxe, CountAxe, FindAxe, ListAxe, ModifyAxe
from simulator.telephony.errors import Reason, Refused

BIND = "api/axe/bind.request"
UNBIND = "api/axe/unbind.request"
MODIFY = "api/axe/modify.request"
QUERY = "api/axe/query.request"
LIST = "api/axe/list.request"
COUNT = "api/axe/count.request"

MOST_HOURS = {"lifetime": 720, "callback_lifetime": 168}
"""The longest lifetimes in hours; those in minutes are in the schemas (axe_axyb_x.md 1.1)."""

PAGES = frozenset({"cursor", "limit"})
DEFAULT_LIMIT = 50


def bind(body: bytes, profile: Profile) -> BindAxe:
    """The bind that a body asks for; raises Refused (axe_axyb_x.md 1.1)."""
    table = fields(BIND)
    values = read(table, json_object(body, profile), profile)
    check_shapes(values, table, profile)
    check_hours(values, table, profile)
    if "callback_tone" in values and "callback_number" in values:
        raise both_callbacks(table, profile)
    command = BindAxe(**values)
    if command.x_number is None and command.area_code is None:
        why = "neither virtualNum nor areaCode: one of them is needed"
        raise Refused(Reason.IDENTIFICATION_INCOMPLETE, why, detail="x_number")
    return command


def modify(body: bytes, profile: Profile) -> ModifyAxe:
    """The modification that a body asks for; raises Refused (axe_axyb_x.md 1.3)."""
    table = fields(MODIFY)
    values = read(table, json_object(body, profile), profile)
    check_shapes(values, table, profile)
    check_hours(values, table, profile)
    if values.get("callback_tone") and values.get("callback_number"):
        if profile.axe_modify_callback_conflict == "refused":
            raise both_callbacks(table, profile)
        del values["callback_tone"]
    which = FindAxe(*(values.pop(name, None) for name in ("subscription_id", "x_number", "extension")))
    return ModifyAxe(which, time_unit=values.pop("time_unit", None), changes=values)


def unbind(query: str, profile: Profile) -> FindAxe:
    """Which binding is to be taken away; raises Refused (axe_axyb_x.md 1.2)."""
    return FindAxe(**read(fields(UNBIND), query_members(query), profile))


def query(query: str, profile: Profile) -> FindAxe:
    """Which binding is asked for; raises Refused (axe_axyb_x.md 1.4)."""
    return FindAxe(**read(fields(QUERY), query_members(query), profile))


def list_bindings(query: str, profile: Profile) -> ListAxe:
    """Which bindings are asked for; a single one needs no page, so that is not looked at (axe_axyb_x.md 1.5)."""
    members = query_members(query)
    which = FindAxe(**read(_without_pages(LIST), members, profile))
    if which.subscription_id is not None or which.extension is not None:
        return ListAxe(which)
    cursor, limit = _page(LIST, members, profile)
    millisecond, _, number = (cursor or "0_0").partition("_")
    return ListAxe(which, (int(millisecond), int(number)), limit)


def count(query: str, profile: Profile) -> CountAxe:
    """Which X numbers are asked about; of a single one the page is not looked at (axe_axyb_x.md 1.6)."""
    members = query_members(query)
    x_number = read(_without_pages(COUNT), members, profile).get("x_number")
    if x_number is not None:
        return CountAxe(x_number)
    cursor, limit = _page(COUNT, members, profile)
    return CountAxe(None, int(cursor or "0"), limit)


def check_hours(values: Mapping[str, object], table: tuple[Field, ...], profile: Profile) -> None:
    """Raises Refused for a lifetime that is too long in hours, the unit where none is named."""
    if values.get("time_unit", HOURS) != HOURS:
        return
    for field in table:
        most, value = MOST_HOURS.get(field.core), values.get(field.core)
        if most is not None and isinstance(value, int) and value > most:
            raise invalid(field.wire, f"{value} is more than {most} hours; timeUnit 1 counts in minutes", profile)


def both_callbacks(table: tuple[Field, ...], profile: Profile) -> Refused:
    """The refusal of a request that carries callbackTone and callbackNum."""
    wire = next(field.wire for field in table if field.core == "callback_number")
    return invalid(wire, "callbackTone was given too; a binding has one of the two", profile)


def _without_pages(schema: str) -> tuple[Field, ...]:
    return tuple(field for field in fields(schema) if field.core not in PAGES)


def _page(schema: str, members: Mapping[str, object], profile: Profile) -> tuple[str | None, int]:
    """Cursor and page size; a size out of range is refused, or the default by the profile."""
    pages = {field.core: field for field in fields(schema) if field.core in PAGES}
    cursor = read((pages["cursor"],), members, profile).get("cursor")
    try:
        limit = read((pages["limit"],), members, profile).get("limit")
    except Refused:
        if profile.axe_limit_out_of_range == "refused":
            raise
        limit = None
    return cursor, DEFAULT_LIMIT if limit is None else limit
