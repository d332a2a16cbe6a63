"""The headers of a push against those of the contract: scheme, names, the form of the signature (notifications.md 1.1)."""

import re
from collections.abc import Iterator

from simulator.delivery.signature import Scheme
from simulator.replay.drifting.finding import Finding
from simulator.replay.drifting.settings import Seen
from simulator.replay.recorded import Recorded

AUTHORIZATION, CONTENT_TYPE = "authorization", "content-type"
TOKENS = {Scheme.AKSK: "x-aksk", Scheme.WSSE: "x-wsse"}
REALM = ' realm="SDP",profile="UsernameToken",type="Appkey"'
TOKEN = re.compile(
    r'UsernameToken Username="(?P<app>[^"]*)",PasswordDigest="[^"]*",'
    r'Nonce="[0-9A-Za-z]{1,128}",Created="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"'
)
APP = re.compile(r'Username="([^"]{1,128})"')
JSON_TYPE = "application/json;charset=utf-8"


def app_key(recorded: Recorded) -> str | None:
    """The application that a request was signed for."""
    if recorded.app_key is not None:
        return recorded.app_key
    found = (APP.search(value) for name, value in recorded.headers if name.lower() in TOKENS.values())
    return next((match[1] for match in found if match), None)


def judged(recorded: Recorded, ours: str) -> Iterator[Finding | Seen]:
    """What is other in the headers than ours; nothing where a source has none. `ours` is push_scheme."""
    if not recorded.headers:
        return
    given = {name.lower(): (name, value) for name, value in recorded.headers}
    yield from _content_type(given.get(CONTENT_TYPE, ("", ""))[1])
    authorization = given.get(AUTHORIZATION)
    scheme = next((one for one in Scheme if one.value == _first_word(authorization)), None)
    if authorization is None:
        told = "none" if not any(name in given for name in TOKENS.values()) else "no Authorization"
        yield Seen("push_scheme", "none", ours == "none", told)
        return
    if scheme is None:
        words = f"the contract has {' and '.join(one.value for one in Scheme)}"
        yield Finding("other_scheme", "headers.authorization", authorization[1][:80], words)
        return
    yield Seen("push_scheme", scheme.value, scheme.value == ours, authorization[1][:80])
    yield from _form(given, scheme)


def _form(given: dict[str, tuple[str, str]], scheme: Scheme) -> Iterator[Finding]:
    authorization, token = given[AUTHORIZATION], given.get(TOKENS[scheme])
    if authorization[1] != f"{scheme.value}{REALM}":
        words = f"the contract writes {scheme.value}{REALM}"
        yield Finding("header_form", "headers.authorization", authorization[1][:120], words)
    if token is None:
        words = f"{scheme.value} goes with {TOKENS[scheme]}, which is not there"
        yield Finding("missing_header", f"headers.{TOKENS[scheme]}", authorization[1][:80], words)
        return
    if not TOKEN.fullmatch(token[1]):
        words = "the contract has Username, PasswordDigest, Nonce, Created in this order, quoted, commas without blanks"
        yield Finding("header_form", f"headers.{TOKENS[scheme]}", _without_digest(token[1])[:120], words)
    for name, _ in (authorization, token):
        if name != name.lower():
            words = "the samples write header names in small letters; HTTP does not care, some receivers do"
            yield Finding("header_case", f"headers.{name.lower()}", name, words)


def _content_type(value: str) -> Iterator[Finding]:
    if "".join(value.split()).lower() != JSON_TYPE:
        yield Finding(
            "header_form", f"headers.{CONTENT_TYPE}", value[:80], "the contract has application/json;charset=UTF-8"
        )


def _first_word(header: tuple[str, str] | None) -> str:
    return header[1].partition(" ")[0] if header else ""


def _without_digest(value: str) -> str:
    """A signature is nobody's business, also not in a finding."""
    return re.sub(r'(PasswordDigest=")[^"]*', r"\1***", value)
