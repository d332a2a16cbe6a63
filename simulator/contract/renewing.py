"""A recorded notification as if it were told now: new ids, and times moved by one constant shift (notifications.md 3.1).

What becomes of an id depends on the id alone, so that events, CDRs and recordings of one call still agree, and nothing
needs to be remembered. An id keeps its shape: digits stay digits, the time that is written in it is moved like every
other, host and phone numbers in it stay. Bindings are the customer's: their ids, and all numbers, stay as they are.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from simulator.telephony.ids import NTP_EPOCH_OFFSET

IDS = ("sessionId", "smsIdentifier", "icid", "recordObjectName")
TIMES = (
    "timestamp", "timeStamp", "callInTime", "fwdStartTime", "fwdAlertingTime", "fwdAnswerTime", "callEndTime", "failTime",
    "recordStartTime",
)  # fmt: skip
MEMBER = re.compile(rf'("({"|".join((*IDS, *TIMES))})"\s*:\s*")([^"\\]*)(?=")'.encode())
SECONDS, MILLISECONDS = "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%fZ"
ALPHABETS = {letter: letters for letters in ("0123456789", "abcdef", "ABCDEF") for letter in letters}
STAMPS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("sessionId", re.compile(r"(?<=_)\d{14}(?=@)"), "%Y%m%d%H%M%S"),
    ("recordObjectName", re.compile(r"^\d{12}(?=\d{11}\.)"), "%y%m%d%H%M%S"),
)
"""The times that are written in ids, and how."""
NTP = re.compile(r"(?<=^[0-9a-f]{32}\.)\d{10}(?=\.)")
KEPT = re.compile(r"@.*$|\.[A-Za-z]\w*$|(?:(?<=_)|^)\+\d+|(?<![0-9a-zA-Z])4294967295(?![0-9a-zA-Z])")
"""What is no part of an id's own: host, file type, phone numbers, and the number that is the same in every one."""


class Renewal:
    """Moves bodies to another time, under ids that no other key gives."""

    def __init__(self, shift: timedelta, key: bytes) -> None:
        self._shift = timedelta(seconds=round(shift.total_seconds()))
        self._key = key

    @property
    def shift(self) -> timedelta:
        """How far every time is moved, in whole seconds: so finely are most of them written."""
        return self._shift

    def body(self, body: bytes) -> bytes:
        """The body with its ids and times renewed where they stand; every other byte stays, also where it is no JSON."""
        return MEMBER.sub(self._member, body)

    def text(self, old: str, name: str = "sessionId") -> str:
        """The new id for an old one."""
        stamps = tuple(self._stamps(old, name))
        kept = [*stamps, *((found.span(), found[0]) for found in KEPT.finditer(old))]
        letters = list(self._turned(old))
        for (start, end), text in kept:
            letters[start:end] = text
        return "".join(letters)

    def _member(self, found: "re.Match[bytes]") -> bytes:
        name, value = found[2].decode(), found[3].decode("utf-8", "surrogateescape")
        new = self.text(value, name) if name in IDS else self._time(value)
        return found[1] + new.encode("utf-8", "surrogateescape")

    def _time(self, text: str) -> str:
        for form, cut in ((SECONDS, None), (MILLISECONDS, -4)):
            moved = self._moved(text, form)
            if moved is not None:
                return moved if cut is None else f"{moved[:cut]}Z"
        return text

    def _moved(self, text: str, form: str) -> str | None:
        try:
            return (datetime.strptime(text, form).replace(tzinfo=UTC) + self._shift).strftime(form)
        except (ValueError, OverflowError):
            return None

    def _stamps(self, old: str, name: str) -> "list[tuple[tuple[int, int], str]]":
        found = [
            (stamp.span(), moved)
            for member, pattern, form in STAMPS
            if member == name and (stamp := pattern.search(old)) and (moved := self._moved(stamp[0], form)) is not None
        ]
        ntp = NTP.search(old) if name == "icid" else None
        if ntp is not None and int(ntp[0]) > NTP_EPOCH_OFFSET:
            found.append((ntp.span(), f"{int(ntp[0]) + int(self._shift.total_seconds()):010d}"))
        return found

    def _turned(self, old: str) -> str:
        """Each digit and hexadecimal letter turned by the key within its kind, by its place: two ids never become one."""
        turns = _turns(self._key, len(old))
        return "".join(_turned(letter, turns(place)) for place, letter in enumerate(old))


def _turns(key: bytes, length: int) -> Callable[[int], int]:
    blocks = b"".join(blake2b(b"%d" % block, key=key[:64]).digest() for block in range(length // 64 + 1))
    return blocks.__getitem__


def _turned(letter: str, turn: int) -> str:
    alphabet = ALPHABETS.get(letter)
    if alphabet is None:
        return letter
    size = len(alphabet)
    return alphabet[(alphabet.index(letter) + 1 + turn % (size - 1)) % size]
