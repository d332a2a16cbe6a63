"""A recording's file: a quiet tone, A-law, 8000 Hz, mono, of the call's length (recording_auth_codes.md 1)."""

import math
import struct
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b

RATE = 8000
"""Samples a second, a byte each."""

A_LAW = 6
"""The format number of A-law in a RIFF header."""

HEADER = struct.Struct("<4sI4s4sIHHIIHHH4sII4sI")
LONGEST = 2**32 - 1024
"""Bytes that fit into a RIFF file."""

PATTERN = 800
"""Samples after which the tone repeats itself: every multiple of 10 Hz fits."""

QUIET = 1500
"""Amplitude of the tone, of 32767."""

PIECE = 80 * PATTERN


def samples(seconds: float) -> int:
    """How many samples a recording of this length has."""
    return min(max(round(seconds * RATE), 0), LONGEST)


def file_length(seconds: float) -> int:
    """Bytes of the whole file."""
    count = samples(seconds)
    return HEADER.size + count + count % 2


def header(seconds: float) -> bytes:
    """The RIFF header: format, number of samples, and what follows."""
    count = samples(seconds)
    riff = (b"RIFF", HEADER.size - 8 + count + count % 2, b"WAVE")
    fmt = (b"fmt ", 18, A_LAW, 1, RATE, RATE, 1, 8, 0)
    return HEADER.pack(*riff, *fmt, b"fact", 4, count, b"data", count)


def pieces(name: str, seconds: float) -> Iterator[bytes]:
    """The file of a recording in pieces; memory does not grow with its length."""
    yield header(seconds)
    count = samples(seconds)
    tone = pattern(pitch(name)) * (PIECE // PATTERN)
    for done in range(0, count, PIECE):
        yield tone[: min(PIECE, count - done)]
    if count % 2:
        yield b"\x00"


def pitch(name: str) -> int:
    """The pitch of a recording in Hz, a multiple of 10 between 200 and 1000, by its name."""
    return 200 + 10 * (int.from_bytes(blake2b(name.encode(), digest_size=4).digest()) % 81)


@lru_cache(maxsize=81)
def pattern(hertz: int) -> bytes:
    """The samples after which a tone of `hertz` begins again."""
    return bytes(a_law(round(QUIET * math.sin(2 * math.pi * hertz * n / RATE))) for n in range(PATTERN))


def a_law(sample: int) -> int:
    """A 16-bit sample in A-law (ITU-T G.711): sign, segment, four bits, every other bit inverted."""
    magnitude = min(sample if sample >= 0 else -sample - 1, 32767) >> 3
    segment = max(magnitude.bit_length() - 5, 0)
    steps = magnitude >> 1 if segment < 2 else magnitude >> segment
    return ((0x80 if sample >= 0 else 0) | segment << 4 | steps & 0x0F) ^ 0x55
