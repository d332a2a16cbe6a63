"""The two signature schemes, AKSK and WSSE: one formula each, for both directions (recording_auth_codes.md 2.3)."""

import base64
import hashlib
from enum import Enum
from functools import lru_cache

BLOCK = 64
"""Bytes of a block of SHA-256: what HMAC pads its key to."""


class Scheme(Enum):
    """Which of the platform's two generations of signatures is spoken."""

    AKSK = "AKSK"
    WSSE = "WSSE"

    __hash__ = object.__hash__  # by identity: Enum's own is a Python call on every look-up in a table


def aksk_digest(secret: str, nonce: str, created: str) -> str:
    """Base64(HMAC-SHA256(key = secret, message = nonce + created)) over the raw 32 bytes."""
    begun, finished = _keyed(secret)
    inner, outer = begun.copy(), finished.copy()
    inner.update((nonce + created).encode())
    outer.update(inner.digest())
    return base64.b64encode(outer.digest()).decode()


@lru_cache(maxsize=256)
def _keyed(secret: str) -> "tuple[hashlib._Hash, hashlib._Hash]":
    """Both hashes of HMAC-SHA256 (RFC 2104) with the key in them: a third of what hmac.digest pays for every message."""
    key = secret.encode()
    if len(key) > BLOCK:
        key = hashlib.sha256(key).digest()
    key = key.ljust(BLOCK, b"\0")
    return hashlib.sha256(bytes(byte ^ 0x36 for byte in key)), hashlib.sha256(bytes(byte ^ 0x5C for byte in key))


def wsse_digest(secret: str, nonce: str, created: str) -> str:
    """Base64(SHA-256(nonce + created + secret)) over the raw 32 bytes."""
    return base64.b64encode(hashlib.sha256((nonce + created + secret).encode()).digest()).decode()


DIGESTS = {Scheme.AKSK: aksk_digest, Scheme.WSSE: wsse_digest}


def digest(scheme: Scheme, secret: str, nonce: str, created: str) -> str:
    """The PasswordDigest of `scheme` for a nonce and a `Created` text."""
    return DIGESTS[scheme](secret, nonce, created)
