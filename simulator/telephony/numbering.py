"""Numbers: what kind a text is, the X numbers of an application and where they belong."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain

MOBILE = re.compile(r"\+861[3-9]\d{9}", re.ASCII)
LANDLINE = re.compile(r"\+86(?:10\d{8}|2\d\d{7,8}|[3-9]\d{2}\d{7,8})", re.ASCII)
SERVICE = re.compile(r"\+86(?:400\d{7}|95\d{3,6})", re.ASCII)
AS_DIALLED_AT_HOME = re.compile(r"1[3-9]\d{9}", re.ASCII)


class NumberKind(Enum):
    """What a phone of this number is, as far as the network is concerned."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    SERVICE = "service"
    MALFORMED = "malformed"


class NumberState(Enum):
    """What may be done with an X number; the names are the console's."""

    NORMAL = "normal"
    SUSPENDED = "suspended"
    BINDING_FROZEN = "binding_frozen"
    TRANSFERRING = "transferring"
    AWAITING_REAL_NAME = "awaiting_real_name"
    RETURNED = "returned"
    UNAVAILABLE = "unavailable"
    BLACKLISTED = "blacklisted"


SUSPENDED_BY_ARREARS = frozenset({NumberState.NORMAL, NumberState.BINDING_FROZEN})
ARREARS = 2
"""The cause of an X number that is suspended since its account owes (notifications.md 5)."""


def kind_of(number: str) -> NumberKind:
    """Mobile, landline, service (400 and 95), or malformed: global format only (ax_axb.md 0)."""
    if MOBILE.fullmatch(number):
        return NumberKind.MOBILE
    if SERVICE.fullmatch(number):
        return NumberKind.SERVICE
    return NumberKind.LANDLINE if LANDLINE.fullmatch(number) else NumberKind.MALFORMED


def as_seen_by_the_network(number: str) -> str:
    """A number as a phone dials it, in global format: X is dialled without +86 on a real phone."""
    return f"+86{number}" if AS_DIALLED_AT_HOME.fullmatch(number) else number


def area_of_landline(number: str, area_codes: Mapping[str, str]) -> str | None:
    """The area code, with its leading 0, that a landline number begins with; None when it is no landline."""
    if kind_of(number) is not NumberKind.LANDLINE:
        return None
    national = number.removeprefix("+86")
    return next((f"0{national[:n]}" for n in (2, 3) if f"0{national[:n]}" in area_codes), None)


@dataclass(slots=True)
class XNumber:
    """A privacy number of an application."""

    number: str
    area_code: str
    state: NumberState = NumberState.NORMAL
    state_before_arrears: NumberState | None = None
    """What it was when the account fell into arrears, and will be again when they are paid."""
    cause: int | None = None
    """Why it is in its state, where that is known: a row of schemas/codes/number_causes.json."""
    cause_before_arrears: int | None = None

    def fall_into_arrears(self) -> None:
        """Suspended, if it works; what it was is remembered (recording_auth_codes.md 5)."""
        if self.state in SUSPENDED_BY_ARREARS and self.state_before_arrears is None:
            self.state_before_arrears, self.cause_before_arrears = self.state, self.cause
            self.state, self.cause = NumberState.SUSPENDED, ARREARS

    def pay_arrears(self) -> None:
        """What it was before, if arrears suspended it."""
        if self.state_before_arrears is not None:
            self.state, self.cause = self.state_before_arrears, self.cause_before_arrears
            self.state_before_arrears = self.cause_before_arrears = None


class NumberPool:
    """The X numbers of one application, by number, city and province; `provinces` maps area codes to provinces."""

    def __init__(self, provinces: Mapping[str, str]) -> None:
        self._provinces = provinces
        self._numbers: dict[str, XNumber] = {}
        self._returned: dict[str, XNumber] = {}
        self._by_area: dict[str, list[XNumber]] = {}
        self._by_province: dict[str, list[XNumber]] = {}

    def __len__(self) -> int:
        return len(self._numbers) + len(self._returned)

    def __iter__(self) -> Iterator[XNumber]:
        return chain(self._numbers.values(), self._returned.values())

    def get(self, number: str) -> XNumber | None:
        """The X number, or None when it is not, or not any more, this application's."""
        return self._numbers.get(number)

    def held(self, number: str) -> XNumber | None:
        """The X number, also one that was returned; None when the application never had it."""
        return self._numbers.get(number) or self._returned.get(number)

    def change_state(self, x_number: XNumber, state: NumberState, *, ours: bool, cause: int | None = None) -> None:
        """Put an X number into a state; one that is not `ours` any more is found by nobody until it is again."""
        x_number.state, x_number.state_before_arrears = state, None
        x_number.cause, x_number.cause_before_arrears = cause, None
        before, after = (self._returned, self._numbers) if ours else (self._numbers, self._returned)
        if before.pop(x_number.number, None) is not None:
            after[x_number.number] = x_number

    def fall_into_arrears(self) -> None:
        """Every X number that works becomes suspended (recording_auth_codes.md 5)."""
        for x_number in self._numbers.values():
            x_number.fall_into_arrears()

    def pay_arrears(self) -> None:
        """What arrears suspended is again what it was."""
        for x_number in self._numbers.values():
            x_number.pay_arrears()

    def add(self, number: str, area_code: str) -> XNumber:
        """Take a number into the pool; one that is there already stays as it is."""
        known = self.held(number)
        if known is not None:
            return known
        x_number = XNumber(number, area_code)
        self._numbers[number] = x_number
        self._by_area.setdefault(area_code, []).append(x_number)
        self._by_province.setdefault(self._province(area_code), []).append(x_number)
        return x_number

    def candidates(self, area_code: str, *, loose: bool) -> Iterator[Sequence[XNumber]]:
        """Groups to choose from, best first: the city; when loose its province, then every number (ax_axb.md 6)."""
        yield self._by_area.get(area_code, ())
        if loose:
            yield self._by_province.get(self._province(area_code), ())
            yield tuple(self._numbers.values())

    def cities(self, area_code: str, *, loose: bool) -> Iterator[tuple[str, Sequence[XNumber]]]:
        """Cities to choose from with their numbers, best first: this one; when loose its province, then every other."""
        yield area_code, self._by_area.get(area_code, ())
        if loose:
            province = self._province(area_code)
            others = (code for code in self._by_area if code != area_code)
            for code in sorted(others, key=lambda code: self._province(code) != province):
                yield code, self._by_area[code]

    def groups(self, area_code: str, *, loose: bool) -> Iterator[Sequence[tuple[str, Sequence[XNumber]]]]:
        """The same groups as cities with their numbers, the returned ones too: nothing is copied (ax_axb.md 1)."""
        yield ((area_code, self._by_area.get(area_code, ())),)
        if loose:
            province = self._province(area_code)
            yield tuple((code, there) for code, there in self._by_area.items() if self._province(code) == province)
            yield tuple(self._by_area.items())

    def _province(self, area_code: str) -> str:
        return self._provinces.get(area_code, area_code)
