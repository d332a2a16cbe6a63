"""What the authentication headers say, and the 400s for what they lack (recording_auth_codes.md 2.2 and 2.4)."""

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from simulator.api.incoming import Incoming
from simulator.contract.profile import Profile
from simulator.delivery.signature import Scheme

NO_AUTHORIZATION = "1023006"
NO_REALM, NO_PROFILE, NO_TYPE = "1023007", "1023008", "1023012"
WRONG_REALM, WRONG_PROFILE, WRONG_TYPE = "1023009", "1023010", "1023011"
CREATED_FORMAT = "1023031"
TOKEN = "UsernameToken"  # noqa: S105 - the word that X-AKSK and X-WSSE begin with, no secret

ATTRIBUTES = ("Username", "Nonce", "Created", "PasswordDigest")
"""What X-AKSK and X-WSSE must carry, in the order of their codes."""


ATTRIBUTES_AS_PRINTED = ("Username", "PasswordDigest", "Nonce", "Created")
USUAL = frozenset(
    (f"{TOKEN} Username=", f"{comma}PasswordDigest=", f"{comma}Nonce=", f"{comma}Created=") for comma in (",", ", ")
)
"""What stands between the quotation marks when a header is written as the documents print it: nearly always."""


@dataclass(frozen=True, slots=True)
class HeaderCodes:
    """The header of a scheme and the codes for what is wrong with it; `attributes` in the order of ATTRIBUTES."""

    header: str
    absent: str
    attributes: tuple[str, str, str, str]
    no_token: str


CODES = {
    Scheme.AKSK: HeaderCodes("X-AKSK", "1023033", ("1023034", "1023035", "1023036", "1023037"), "1023038"),
    Scheme.WSSE: HeaderCodes("X-WSSE", "1023026", ("1023027", "1023028", "1023029", "1023030"), "1023032"),
}


class Credentials(NamedTuple):
    """A complete pair of authentication headers."""

    scheme: Scheme
    app_key: str
    digest: str
    nonce: str
    created: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the headers: the result code, and a sentence for the journal."""

    code: str
    explanation: str


def credentials(request: Incoming, profile: Profile) -> Credentials | Fault:
    """The credentials of a request, or the first fault in the order of the table."""
    if request.authorization is None:
        return Fault(NO_AUTHORIZATION, f"there is no Authorization header; there are: {named(request)}")
    scheme = authorization(request.authorization, profile.accepted_schemes, profile.unknown_scheme_code)
    if isinstance(scheme, Fault):
        return scheme
    value = request.x_aksk if scheme is Scheme.AKSK else request.x_wsse
    if value is None:
        return Fault(CODES[scheme].absent, no_header(scheme, request))
    return complete(scheme, value)


def complete(scheme: Scheme, value: str) -> Credentials | Fault:
    """The credentials in the value of X-AKSK or X-WSSE, or the first fault."""
    pieces = value.split('"')
    if len(pieces) == 9 and (pieces[0], pieces[2], pieces[4], pieces[6]) in USUAL:
        _, username, _, digest, _, nonce, _, created, _ = pieces
        token = TOKEN
    else:
        token, found = attributes(value)
        username, digest, nonce, created = (found.get(name, "") for name in ATTRIBUTES_AS_PRINTED)
    if not (username and digest and nonce and created and token == TOKEN):
        return next(header_faults(scheme, *attributes(value)))
    if scheme is Scheme.WSSE and instant(created) is None:
        return Fault(CREATED_FORMAT, f"Created {created!r} is not like 2018-02-12T15:30:20Z")
    return Credentials(scheme, username, digest, nonce, created)


def header_faults(scheme: Scheme, token: str, found: Mapping[str, str]) -> Iterator[Fault]:
    """Every fault of an X-AKSK or X-WSSE value, in the order of the table: its word comes last."""
    codes = CODES[scheme]
    for name, code in zip(ATTRIBUTES, codes.attributes, strict=True):
        if not found.get(name):
            yield Fault(code, f"{codes.header} has no {name}{nearest(name, found)}")
    if scheme is Scheme.WSSE and instant(found.get("Created", "")) is None:
        yield Fault(CREATED_FORMAT, f"Created {found.get('Created')!r} is not like 2018-02-12T15:30:20Z")
    if token != TOKEN:
        yield Fault(codes.no_token, f"{codes.header} must begin with the word {TOKEN}, not {token!r}")


@lru_cache(maxsize=256)
def authorization(value: str, accepted: tuple[str, ...], unknown_scheme_code: str) -> Scheme | Fault:
    """The scheme of an Authorization value, or the first of its faults: one client always sends the same value."""
    word, found = attributes(value)
    faults = list(authorization_faults(found))
    if word not in accepted:
        why = f"Authorization begins with {word!r}; accepted: {', '.join(accepted)}"
        faults.append(Fault(unknown_scheme_code, why))
    return min(faults, key=lambda fault: fault.code) if faults else Scheme(word)


def authorization_faults(found: Mapping[str, str]) -> Iterator[Fault]:
    """What is wrong with the attributes of an Authorization value."""
    rules = (("realm", "SDP", NO_REALM, WRONG_REALM), ("profile", "UsernameToken", NO_PROFILE, WRONG_PROFILE))
    for name, right, absent, wrong in (*rules, ("type", "Appkey", NO_TYPE, WRONG_TYPE)):
        given = found.get(name)
        if not given:
            yield Fault(absent, f"Authorization has no {name}{nearest(name, found)}")
        elif given != right:
            yield Fault(wrong, f'Authorization has {name}="{given}", right is {name}="{right}"')


def attributes(value: str) -> tuple[str, dict[str, str]]:
    """The scheme word of a value and its double-quoted attributes, with or without blanks after the commas."""
    word, _, rest = value.strip().partition(" ")
    if "=" in word:
        word, rest = "", value
    pieces = rest.split('"')
    return word, {name.strip(" ,=\t"): text for name, text in zip(pieces[::2], pieces[1::2], strict=False)}


@lru_cache(maxsize=1024)
def instant(created: str) -> datetime | None:
    """The instant that Created names; None when its form is wrong or there is no such day."""
    if not looks_like_created(created):
        return None
    try:
        return datetime.fromisoformat(created)
    except ValueError:
        return None


def looks_like_created(created: str) -> bool:
    """Whether a text has the form `yyyy-MM-dd'T'HH:mm:ss'Z'`."""
    if len(created) != 20 or created[4::3] != "--T::Z" or not created.isascii():
        return False
    digits = created[:4] + created[5:7] + created[8:10] + created[11:13] + created[14:16] + created[17:19]
    return digits.isdigit()


def no_header(scheme: Scheme, request: Incoming) -> str:
    """Why the scheme's own header is missing."""
    other = "X-WSSE" if scheme is Scheme.AKSK else "X-AKSK"
    sent = request.x_wsse if scheme is Scheme.AKSK else request.x_aksk
    hint = f"; {other} was sent, which belongs to the other scheme" if sent is not None else ""
    missing = f"Authorization says {scheme.value}, but there is no {CODES[scheme].header}"
    return f"{missing}{hint}; there are: {named(request)}"


def named(request: Incoming) -> str:
    """The names of the headers that were sent."""
    return ", ".join(name for name, _ in request.headers) or "none"


def nearest(name: str, found: Collection[str]) -> str:
    """A hint at a name that is nearly right, or that the value of the right one is empty."""
    if name in found:
        return "; it is there, but empty"
    near = difflib.get_close_matches(name.lower(), [each.lower() for each in found], 1)
    spelled = next((each for each in found if near and each.lower() == near[0]), None)
    return f"; {spelled!r} is not {name!r}" if spelled else f'; attributes are written {name}="…", in double quotes'
