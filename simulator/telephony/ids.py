"""Ids from one stream per (application, kind): the same seed gives the same ids in the same order."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import blake2b

NTP_EPOCH_OFFSET = 2_208_988_800
"""Seconds from 1900 to 1970: icids count from 1900."""

MADE = ("", "made")
"""The count that is nobody's: what is made is counted, whatever it is."""


class Ids:
    """Counter-based id streams; `counters` is all there is to persist."""

    def __init__(self, seed: int, counters: Mapping[tuple[str, str], int] | None = None) -> None:
        self._seed = seed
        self.counters: Counter[tuple[str, str]] = Counter(counters or {})
        self._streams = {key: self._stream(key) for key in self.counters}

    def begin(self, seed: int) -> None:
        """Begin anew with another seed."""
        self.reseed(seed)
        self.counters.clear()

    def reseed(self, seed: int) -> None:
        """Go on in the streams of another seed."""
        self._seed = seed
        self._streams.clear()

    @property
    def seed(self) -> int:
        """What all streams come from."""
        return self._seed

    def next(self, app_key: str, kind: str) -> int:
        """The next 128-bit id of a stream, never the same twice within it."""
        key = (app_key, kind)
        stream = self._streams.get(key)
        if stream is None:
            stream = self._streams[key] = self._stream(key)
        number = self.counters[key] = self.counters[key] + 1
        hashed = stream.copy()
        hashed.update(b"%d" % number)
        return int.from_bytes(hashed.digest(), "big")

    def ordered(self, app_key: str, kind: str, word: str) -> str:
        """The next id of ours, `word-0000012-0123abcd`: later ones sort later, so an index has neighbours side by side."""
        bits = self.next(app_key, kind)
        return f"{word}-{self.counters[app_key, kind]:07d}-{bits >> 96:08x}"

    def number(self) -> int:
        """The next of one count of everything that is made: of two things the later has the greater."""
        number = self.counters[MADE] = self.counters[MADE] + 1
        return number

    def _stream(self, key: tuple[str, str]) -> blake2b:
        """What all ids of a stream begin with, hashed once."""
        return blake2b(f"{self._seed}/{key[0]}/{key[1]}/".encode(), digest_size=16)


def uuid_text(bits: int) -> str:
    """A lower-case version 4 UUID from 128 bits, the shape of a subscription id."""
    bits = bits & ~(0xF << 76) & ~(0x3 << 62) | (4 << 76) | (2 << 62)
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def classic_session_id(bits: int, at: datetime, host: str, tries: int = 0) -> str:
    """`<n>_<n>_4294967295_<yyyyMMddHHmmss UTC>@<host>` (notifications.md 3.1, Identifier anatomy).

    Each try that met an id in use makes its numbers longer.
    """
    return f"{1200 + bits % 4}_{1000 + (bits >> 8) % (9000 * 10**tries)}_4294967295_{at:%Y%m%d%H%M%S}@{host}"


def session_id_2022(bits: int, at: datetime, numbers: tuple[str, str], tries: int = 0) -> str:
    """`<number>_<caller>_4_<hex seconds, Beijing wall clock>_<n>_<n>_1_0`: the shape seen in 2022 (observed.md)."""
    other, caller = numbers
    seconds = int((at + timedelta(hours=8)).timestamp())
    return f"{other}_{caller}_4_{seconds:x}_{100000 + bits % 900000}_{(bits >> 32) % (1000 * 10**tries)}_1_0"


def icid(bits: int, at: datetime) -> str:
    """`<32 hex>.<NTP seconds of the call's start>.<n>.<n>` (notifications.md 3.1)."""
    serial = 300_000_000 + (bits >> 16) % 99_999_999
    return f"{bits:032x}.{int(at.timestamp()) + NTP_EPOCH_OFFSET}.{serial}.{1 + bits % 30}"


def recording_name(bits: int, started_local: datetime) -> str:
    """23 digits and `.wav`: `yyMMddHHmmss` of the start, then eleven digits (recording_auth_codes.md 1)."""
    return f"{started_local:%y%m%d%H%M%S}{bits % 10**11:011d}.wav"
