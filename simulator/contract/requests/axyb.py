"""Requests of mode AXYB: from query and body to the core's command (axe_axyb_x.md 2.1 to 2.3)."""

from collections.abc import Mapping
from typing import Any

from simulator.contract.bodies import json_object, query_members
from simulator.contract.fields import fields, missing, read
from simulator.contract.profile import Profile
from simulator.contract.requests.common import check_shapes
from simulator.telephony.commands.axyb import BindAx, BindYb, QueryAxyb, UnbindAxyb
from simulator.telephony.errors import Reason, Refused

BIND = "api/axyb/bind.request"
UNBIND = "api/axyb/unbind.request"
QUERY = "api/axyb/query.request"

APP_KEY = "app_key"
AREA_CODE = "areaCode"

AX_WORDS = tuple(BindAx.__dataclass_fields__)
YB_WORDS = tuple(BindYb.__dataclass_fields__)


def check_app_key(query: str, app_key: str, profile: Profile) -> None:
    """Raises Refused unless the query names the application that signed (axe_axyb_x.md 2.0).

    Its length is not looked at: the pages disagree (128 or 32), and a key of any other length is not the signer's.
    """
    members = query_members(query)
    named = members.get(APP_KEY)
    if not named:
        raise missing(APP_KEY, set(members), profile)
    if named != app_key:
        why = f"app_key in the query is {named!r}, the request is signed by {app_key!r}"
        raise Refused(Reason.APP_KEY_DIFFERS, why)


def bind(body: bytes, profile: Profile) -> BindAx | BindYb:
    """The bind that a body asks for: of a B where it holds a subscription id, else of an A; raises Refused (2.1)."""
    values = read(fields(BIND), json_object(body, profile), profile)
    check_shapes(values, fields(BIND), profile)
    if "subscription_id" in values:
        return BindYb(**_only(YB_WORDS, values))
    if "area_code" not in values:
        raise missing(AREA_CODE, (), profile)
    return BindAx(**_only(AX_WORDS, values))


def unbind(query: str, profile: Profile) -> UnbindAxyb:
    """The unbind that a query asks for; raises Refused (2.2)."""
    return UnbindAxyb(**read(fields(UNBIND), query_members(query), profile))


def query(query: str, profile: Profile) -> QueryAxyb:
    """The question that a query asks; raises Refused (2.3)."""
    asked = QueryAxyb(**read(fields(QUERY), query_members(query), profile))
    if asked.subscription_id is None and asked.x_number is None:
        raise Refused(
            Reason.IDENTIFICATION_INCOMPLETE, "query needs a subscription id or an X number", detail="x_number"
        )
    return asked


def _only(words: tuple[str, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    return {word: values[word] for word in words if word in values}
