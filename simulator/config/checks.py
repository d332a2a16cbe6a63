"""Checks of single values: each takes what was written and gives what is kept, or raises WrongValueError."""

import ipaddress
import re
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from simulator.config.values import CertFiles

T = TypeVar("T")
Check = Callable[[object], T]

NUMBER = re.compile(r"\+86[1-9]\d{8,11}")
AREA_CODE = re.compile(r"0\d{2,3}")
TOKEN = re.compile(r"[A-Za-z0-9\-._~+/=]{8,256}")
VOICE_FILE = re.compile(r"[0-9A-Za-z\-_.@]+\.wav")
LARGEST_VOICE_FILE = 2 * 1024 * 1024
SUBSCRIPTION_ID = re.compile(r"[!-~]{1,64}")
HOST = re.compile(r"[A-Za-z0-9._:%-]{1,253}")


class WrongValueError(ValueError):
    """A value is not what its key takes; the sentence says what would be, and follows the key's name."""


def shown(value: object) -> str:
    """A value as its author wrote it."""
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else repr(value)


def text(value: object) -> str:
    """A text that says something and has no control characters."""
    if not isinstance(value, str):
        raise WrongValueError(f"must be a text in quotes, not {shown(value)}")
    if not value or not value.isprintable() or len(value) > 256:
        raise WrongValueError(f"must be a text of 1 to 256 printable characters, not {shown(value[:40])}")
    return value


def secret(value: object) -> str:
    """As `text`, but never repeated in a refusal."""
    try:
        return text(value)
    except WrongValueError:
        problem = "must be a text in quotes of 1 to 256 printable characters (the value is not shown)"
        raise WrongValueError(problem) from None


def flag(value: object) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise WrongValueError(f"must be true or false, without quotes, not {shown(value)}")
    return value


def whole(low: int, high: int) -> Check[int]:
    """A whole number within limits."""

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise WrongValueError(f"must be a whole number from {low} to {high}, not {shown(value)}")
        return value

    return check


def at_most_or_none(high: int) -> Check[int | None]:
    """A whole number from 1, or "none" (JSON: null) for no limit."""
    limit = whole(1, high)

    def check(value: object) -> int | None:
        if value in (None, "none"):
            return None
        try:
            return limit(value)
        except WrongValueError:
            raise WrongValueError(f'must be a whole number from 1 to {high}, or "none", not {shown(value)}') from None

    return check


def one_of(played: Collection[str], known: Collection[str] = ()) -> Check[str]:
    """A word of a list; `known` words are right but not played by this version, and are refused with that sentence."""

    def check(value: object) -> str:
        if value in played and isinstance(value, str):
            return value
        choices = " or ".join(f'"{word}"' for word in played)
        if value in known:
            raise WrongValueError(f"{shown(value)} is not played by this version of pnsim; it plays {choices}")
        raise WrongValueError(f"must be {choices}, not {shown(value)}")

    return check


def list_of(check_item: Check[T]) -> Check[tuple[T, ...]]:
    """A list whose every item passes."""

    def check(value: object) -> tuple[T, ...]:
        if not isinstance(value, list | tuple):
            raise WrongValueError(f"must be a list in [ ], not {shown(value)}")
        return tuple(check_item(item) for item in value)

    return check


def host(value: object) -> str:
    """A name or address to listen on."""
    if not isinstance(value, str) or not HOST.fullmatch(value):
        raise WrongValueError(f'must be a host name or an address, like "127.0.0.1", not {shown(value)}')
    return value


def token(value: object) -> str:
    """A bearer token; its text is never repeated in a refusal."""
    if not isinstance(value, str) or not TOKEN.fullmatch(value):
        raise WrongValueError("must be 8 to 256 letters, digits and -._~+/= (the value is not shown)")
    return value


def store(value: object) -> str | Path:
    """Where is remembered: in memory, or in a file."""
    if value == "memory":
        return "memory"
    if not isinstance(value, str) or not value or not value.isprintable():
        raise WrongValueError(f'must be "memory" or a file like "pnsim.db", not {shown(value)}')
    return Path(value)


def instant(value: object) -> datetime:
    """An instant with its offset from UTC, as a TOML date-time or as ISO 8601 text."""
    given = value
    if isinstance(value, str):
        try:
            given = datetime.fromisoformat(value)
        except ValueError:
            given = None
    if not isinstance(given, datetime) or given.tzinfo is None or not 2000 <= given.year < 2100:
        raise WrongValueError(f"must be an instant from 2000 to 2099 like 2026-01-01T00:00:00Z, not {shown(value)}")
    return given.astimezone(UTC)


def tls(value: object) -> str | CertFiles:
    """off, self-signed, or two files: as a table, or as text `CERT,KEY`."""
    if value in ("off", "self-signed"):
        return str(value)
    files = dict(zip(("cert", "key"), value.split(","), strict=False)) if isinstance(value, str) else value
    if (
        isinstance(files, dict)
        and set(files) == {"cert", "key"}
        and all(isinstance(name, str) for name in files.values())
    ):
        return CertFiles(Path(files["cert"]), Path(files["key"]))
    raise WrongValueError(f'must be "off", "self-signed" or {{ cert = "FILE", key = "FILE" }}, not {shown(value)}')


def number(value: object) -> str:
    """An X number in global format; an unquoted one is a whole number to TOML and lost its plus sign."""
    if isinstance(value, int) and not isinstance(value, bool):
        raise WrongValueError(f'must be in quotes: "+{abs(value)}"')
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise WrongValueError(f'must be a number in global format, like "+8613800000001", not {shown(value)}')
    return value


def area_code(value: object) -> str:
    """A city's area code with its leading 0."""
    if not isinstance(value, str) or not AREA_CODE.fullmatch(value):
        raise WrongValueError(
            f'must be an area code in quotes with its leading 0, like "0755" or "010", not {shown(value)}'
        )
    return value


def voice_file_name(value: object) -> str:
    """The name of a voice file (recording_auth_codes.md 5)."""
    if not isinstance(value, str) or len(value) > 128 or not VOICE_FILE.fullmatch(value):
        raise WrongValueError(
            f'must be a file name of digits, letters and - _ . @ that ends with .wav, like "wait_voice1.wav", not {shown(value)}'
        )
    return value


def subscription_id(value: object) -> str:
    """The id of a binding, such as one that production gave (String(1-64))."""
    if not isinstance(value, str) or not SUBSCRIPTION_ID.fullmatch(value):
        raise WrongValueError(f"must be a text of 1 to 64 characters without blanks, not {shown(value)}")
    return value


def url(value: object) -> str:
    """The address of a receiver; what may be dialled is judged again when it is dialled."""
    problem = f'must be an address like "http://127.0.0.1:9000/status", not {shown(value)}'
    if not isinstance(value, str) or not value.isprintable() or " " in value:
        raise WrongValueError(problem)
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise WrongValueError(problem)
    if "@" in parts.netloc:  # it would stand in journals and reports, and nobody could be reached by it
        raise WrongValueError("must hold no user name or password: drop everything between '//' and '@'")
    if parts.fragment:
        raise WrongValueError(f"must hold no fragment ('#{parts.fragment:.40}'): it is never sent to a server")
    return value


def address(value: object) -> str:
    """An IP address."""
    try:
        return str(ipaddress.ip_address(text(value)))
    except ValueError:
        raise WrongValueError(f'must be an IP address in quotes, like "127.0.0.1", not {shown(value)}') from None
