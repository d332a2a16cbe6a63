"""A digest that has the right form and is wrong."""

import base64
import re
from dataclasses import replace

from simulator.delivery.fault import Parameters
from simulator.outbound.raw import RawRequest

DIGEST = re.compile(r'(?<=PasswordDigest=")[^"]+(?=")')


def damaged(request: RawRequest, _: Parameters) -> RawRequest:
    """Every bit of the digest is the other one."""
    headers = tuple((name, DIGEST.sub(_inverted, value)) for name, value in request.headers)
    return replace(request, headers=headers)


def _inverted(digest: re.Match[str]) -> str:
    return base64.b64encode(bytes(byte ^ 0xFF for byte in base64.b64decode(digest[0]))).decode()
