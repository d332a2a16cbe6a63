"""Phone numbers as people and platforms write them: found in a text, and taken apart into what stays and what is masked."""

import re
import unicodedata
from typing import NamedTuple

_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_HEX = r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{64}|[0-9A-Fa-f]{32})(?![0-9A-Za-z])"
_CHINA = r"(?:(?:\+|00)?86[ -]?)?"
_MOBILE = rf"{_CHINA}1[3-9]\d[ -]?\d{{4}}[ -]?\d{{4}}"
_LANDLINE = r"(?:\+86[ -]?0?|(?:00)?86[ -]?|0)(?:10|2\d|[3-9]\d{2})[ -]?\d{3,4}[ -]?\d{4}"
_GLOBAL = r"\+[1-9]\d{6,14}"
FOUND = re.compile(rf"(?P<id>{_UUID}|{_HEX})|(?<!\d)(?<!\d\.)(?:{_MOBILE}|{_LANDLINE}|{_GLOBAL})(?!\d)")
"""Ids that may look like a number inside, so that they are passed over, and numbers."""

SHORTEST = 7
"""Digits from which on a number is a person's; 95588 and 10086 are services."""
TWO_DIGIT_CODES = re.compile("2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")
"""Country codes of ITU-T E.164; 1 and 7 have one digit, all others three."""


class Parts(NamedTuple):
    """The digits of a number: `kept` stays as written, `masked` is replaced; `country` and `head` say whose it is."""

    kept: str
    masked: str
    country: str
    head: str


def apart(number: str) -> Parts:
    """A number, of which only digits and a leading plus sign count."""
    digits = digits_of(number)
    prefix, country, national = _country(digits, is_global=number.lstrip().startswith("+"))
    if country == "86":
        trunk = "0" if national.startswith("0") else ""
        head = _chinese_head(national[len(trunk) :])
        kept = f"{prefix}{trunk}{head}"
    else:
        head, kept = "", prefix
    return Parts(kept, digits[len(kept) :], country, head)


def plain(text: str) -> str:
    """The same text, as long, with the digits and plus signs of every script in ASCII."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(char)) if char.isdecimal() else "+" if char == "＋" else char for char in text)


def digits_of(text: str) -> str:
    """The digits of a text, of whatever script, in ASCII."""
    return "".join(str(unicodedata.digit(char)) for char in text if char.isdecimal())


def _country(digits: str, *, is_global: bool) -> tuple[str, str, str]:
    """What stands before the national number, the country code that it means, and the national number."""
    dialled_out = "00" if not is_global and digits.startswith("00") else ""
    rest = digits[len(dialled_out) :]
    if is_global or dialled_out:
        code = _country_code(rest)
        return dialled_out + code, code, rest[len(code) :]
    if rest.startswith("86") and len(rest) > 10:
        return "86", "86", rest[2:]
    return "", "86", rest


def _country_code(digits: str) -> str:
    if digits[:1] in ("1", "7"):
        return digits[:1]
    return digits[:2] if TWO_DIGIT_CODES.match(digits) else digits[:3]


def _chinese_head(national: str) -> str:
    """What says the kind of a number: the operator of a mobile, the city of a landline, a service's first digits."""
    if len(national) == 11 and re.match("1[3-9]", national):
        return national[:3]
    if national.startswith(("10", "2")):
        return national[:2]
    return national[:3]
