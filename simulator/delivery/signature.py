"""The two signature schemes, AKSK and WSSE: one formula each, for both directions (recording_auth_codes.md 2.3)."""

import base64
import hashlib
import hmac
from enum import Enum


class Scheme(Enum):
    """Which of the platform's two generations of signatures is spoken."""

    AKSK = "AKSK"
    WSSE = "WSSE"


def aksk_digest(secret: str, nonce: str, created: str) -> str:
    """Base64(HMAC-SHA256(key = secret, message = nonce + created)) over the raw 32 bytes."""
    return base64.b64encode(hmac.digest(secret.encode(), (nonce + created).encode(), "sha256")).decode()


def wsse_digest(secret: str, nonce: str, created: str) -> str:
    """Base64(SHA-256(nonce + created + secret)) over the raw 32 bytes."""
    return base64.b64encode(hashlib.sha256((nonce + created + secret).encode()).digest()).decode()


DIGESTS = {Scheme.AKSK: aksk_digest, Scheme.WSSE: wsse_digest}


def digest(scheme: Scheme, secret: str, nonce: str, created: str) -> str:
    """The PasswordDigest of `scheme` for a nonce and a `Created` text."""
    return DIGESTS[scheme](secret, nonce, created)
