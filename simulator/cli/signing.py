"""One signed API request as a customer's server would send it (recording_auth_codes.md 2)."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from os import getpid

from simulator.delivery.signature import Scheme, digest

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an application signs with, and how."""

    app_key: str
    app_secret: str = field(repr=False)
    scheme: Scheme = Scheme.AKSK


def signed_headers(credentials: Credentials, now: datetime) -> Headers:
    """The headers of a request signed at the wall's instant `now`; the nonce is new with every instant and process."""
    created = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    nonce = blake2b(f"{now.isoformat()}/{getpid()}".encode(), digest_size=16).hexdigest()
    scheme = credentials.scheme
    signature = digest(scheme, credentials.app_secret, nonce, created)
    user = f'UsernameToken Username="{credentials.app_key}"'
    signed = f'PasswordDigest="{signature}",Nonce="{nonce}",Created="{created}"'
    return [
        ("Content-Type", "application/json;charset=UTF-8"),
        ("Authorization", f'{scheme.value} realm="SDP",profile="UsernameToken",type="Appkey"'),
        (f"X-{scheme.value}", f"{user},{signed}"),
    ]
