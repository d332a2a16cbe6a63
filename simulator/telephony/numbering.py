"""Numbers: what kind a text is, the X numbers of an application and where they belong."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

MOBILE = re.compile(r"\+861[3-9]\d{9}", re.ASCII)
LANDLINE = re.compile(r"\+86(?:10\d{8}|2\d\d{7,8}|[3-9]\d{2}\d{7,8})", re.ASCII)
AS_DIALLED_AT_HOME = re.compile(r"1[3-9]\d{9}", re.ASCII)


class NumberKind(Enum):
    """What a phone of this number is, as far as the network is concerned."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    MALFORMED = "malformed"


class NumberState(Enum):
    """What may be done with an X number; the names are the console's."""

    NORMAL = "normal"
    SUSPENDED = "suspended"
    UNAVAILABLE = "unavailable"
    BINDING_FROZEN = "binding_frozen"


def kind_of(number: str) -> NumberKind:
    """Mobile, landline, or malformed: global format only (ax_axb.md 0)."""
    if MOBILE.fullmatch(number):
        return NumberKind.MOBILE
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


class NumberPool:
    """The X numbers of one application, by number, city and province; `provinces` maps area codes to provinces."""

    def __init__(self, provinces: Mapping[str, str]) -> None:
        self._provinces = provinces
        self._numbers: dict[str, XNumber] = {}
        self._by_area: dict[str, list[XNumber]] = {}
        self._by_province: dict[str, list[XNumber]] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[XNumber]:
        return iter(self._numbers.values())

    def get(self, number: str) -> XNumber | None:
        """The X number, or None when it is not this application's."""
        return self._numbers.get(number)

    def add(self, number: str, area_code: str) -> XNumber:
        """Take a number into the pool; one that is there already stays as it is."""
        if number in self._numbers:
            return self._numbers[number]
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

    def _province(self, area_code: str) -> str:
        return self._provinces.get(area_code, area_code)
