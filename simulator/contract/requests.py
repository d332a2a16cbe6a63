"""From a request's body or query to the core's command: one function an operation, one table-driven reader for all."""

from collections.abc import Iterable, Mapping

from simulator.contract.bodies import json_object, query_members
from simulator.contract.fields import Field, fields, invalid, read, whole
from simulator.contract.profile import Profile
from simulator.telephony.commands import BindAxb, FindRecording, ModifyAxb, QueryAxb, UnbindAxb
from simulator.telephony.errors import Reason, Refused
from simulator.telephony.numbering import NumberKind, kind_of

BIND = "api/axb/bind.request"
UNBIND = "api/axb/unbind.request"
MODIFY = "api/axb/modify.request"
QUERY = "api/axb/query.request"
ADDRESS = "api/recording/address.request"

PAGES = frozenset({"page_index", "page_size"})
SMALLEST_PAGE, LARGEST_PAGE = 10, 100
LAST_PAGE = 999_999_999


def prepare() -> None:
    """Read the tables now rather than with the first request."""
    for name in (BIND, UNBIND, MODIFY, QUERY, ADDRESS):
        fields(name)


def bind_axb(body: bytes, profile: Profile) -> BindAxb:
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


def modify_axb(body: bytes, profile: Profile) -> ModifyAxb:
    """The modification that a body asks for; raises Refused (ax_axb.md 8)."""
    values = read(fields(MODIFY), json_object(body, profile), profile)
    check_shapes(values, fields(MODIFY), profile)
    return ModifyAxb(values.pop("subscription_id"), values)


def unbind_axb(query: str, profile: Profile) -> UnbindAxb:
    """The unbind that a query asks for; raises Refused (ax_axb.md 7)."""
    return UnbindAxb(**read(fields(UNBIND), query_members(query), profile))


def query_axb(query: str, profile: Profile) -> QueryAxb:
    """The question that a query asks; a wrong page is the first, a wrong size the default (ax_axb.md 9)."""
    members = query_members(query)
    asked = tuple(field for field in fields(QUERY) if field.core not in PAGES)
    pages = {field.core: whole(members.get(field.wire)) for field in fields(QUERY) if field.core in PAGES}
    return QueryAxb(
        **read(asked, members, profile),
        page_index=page_index(pages["page_index"]),
        page_size=page_size(pages["page_size"], profile),
    )


def page_index(asked: int | None) -> int:
    """From 1; what is no page is the first."""
    return min(asked, LAST_PAGE) if asked is not None and asked >= 1 else 1


def page_size(asked: int | None, profile: Profile) -> int:
    """10 to 100; absent or out of range is the default."""
    return asked if asked is not None and SMALLEST_PAGE <= asked <= LARGEST_PAGE else profile.page_size_default


def find_recording(query: str, profile: Profile) -> FindRecording:
    """The recording that a query asks for; raises Refused (recording_auth_codes.md 1)."""
    return FindRecording(**read(fields(ADDRESS), query_members(query), profile))


def check_shapes(values: Mapping[str, object], table: Iterable[Field], profile: Profile) -> None:
    """Raises Refused for a caller or callee that is no +86 number, only where the profile has shapes checked."""
    if not profile.number_format_checked:
        return
    for field in table:
        number = values.get(field.core) if field.core in ("caller", "callee") else None
        if isinstance(number, str) and kind_of(number) is NumberKind.MALFORMED:
            raise invalid(field.wire, f"{number!r} is neither a +86 mobile nor a +86 landline number", profile)
