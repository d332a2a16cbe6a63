"""What the answers of every mode have in common: their form, success, flags and times."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.contract.encoding import encoded
from simulator.contract.profile import Profile

SUCCESS = {"resultcode": "0", "resultdesc": "Success"}
ZONES = {"Asia/Shanghai": timedelta(hours=8), "UTC": timedelta()}
"""The zones a profile may name, as what they add to UTC; China keeps no summer time."""


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """What goes back: HTTP status, result code (None where there is none), body, address of a redirect."""

    status: int
    result_code: str | None
    body: bytes
    location: str | None = None


DONE = WireAnswer(200, "0", encoded(SUCCESS))
"""The answer of unbind and modify: nothing but success."""


def flag(value: bool | None) -> str | None:  # noqa: FBT001 - it is the one value that this translates
    """A flag as production sends it back: the string "true" or "false"."""
    return None if value is None else str(value).lower()


def queried_user_data(user_data: str | None, profile: Profile) -> str | None:
    """userData as a query answers it: None before the edition that has it (recording_auth_codes.md 6)."""
    return user_data if profile.query_user_data else None


def local_time(at: datetime, zone: timedelta) -> str:
    """`yyyy-MM-dd HH:mm:ss` in a zone given as what it adds to UTC."""
    return f"{at + zone:%Y-%m-%d %H:%M:%S}"


def moved(location: str) -> WireAnswer:
    """The answer to a request for a recording's address: 301, empty body (recording_auth_codes.md 1)."""
    return WireAnswer(301, None, b"", location)
