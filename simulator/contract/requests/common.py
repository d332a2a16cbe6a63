"""What the requests of several modes have in common."""

from collections.abc import Collection, Iterable, Mapping

from simulator.contract.fields import Field, invalid
from simulator.contract.profile import Profile
from simulator.telephony.numbering import NumberKind, kind_of

SMALLEST_PAGE, LARGEST_PAGE = 10, 100
LAST_PAGE = 999_999_999
PARTIES = frozenset({"caller", "callee", "user", "callback_number"})
BINDABLE = (NumberKind.MOBILE, NumberKind.LANDLINE)
CALLABLE = (*BINDABLE, NumberKind.SERVICE)
"""A and B must be a person's phone; a temporary callee may be a 400 or 95 number too (ax_axb.md 0 and 5)."""


def page_index(asked: int | None) -> int:
    """From 1; what is no page is the first."""
    return min(asked, LAST_PAGE) if asked is not None and asked >= 1 else 1


def page_size(asked: int | None, profile: Profile) -> int:
    """10 to 100; absent or out of range is the default."""
    return asked if asked is not None and SMALLEST_PAGE <= asked <= LARGEST_PAGE else profile.page_size_default


def check_shapes(
    values: Mapping[str, object], table: Iterable[Field], profile: Profile, allowed: Collection[NumberKind] = BINDABLE
) -> None:
    """Raises Refused for a party that is no +86 number, only where the profile has shapes checked."""
    if not profile.number_format_checked:
        return
    for field in table:
        number = values.get(field.core) if field.core in PARTIES else None
        if isinstance(number, str) and kind_of(number) not in allowed:
            raise invalid(field.wire, f"{number!r} is neither a +86 mobile nor a +86 landline number", profile)
