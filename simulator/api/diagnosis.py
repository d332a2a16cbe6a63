"""Why a digest is wrong: the usual mistakes, tried one by one on what was sent (recording_auth_codes.md 2.3)."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from urllib.parse import unquote

from simulator.api.credentials import Credentials
from simulator.delivery.signature import Scheme, digest

Guess = tuple[str, str]
"""A digest that a mistake leads to, and the sentence that names the mistake."""

DIGEST_LENGTH = 44
"""Characters of 32 bytes in Base64."""

OTHER = {Scheme.AKSK: Scheme.WSSE, Scheme.WSSE: Scheme.AKSK}
SECRET_PLACE = "<app_secret>"  # noqa: S105 - stands where the secret would, so that the secret need not


def signed_string(sent: Credentials) -> str:
    """The string that should have been signed; the secret's place is named, never filled."""
    return sent.nonce + sent.created + (SECRET_PLACE if sent.scheme is Scheme.WSSE else "")


def diagnose(sent: Credentials, secret: str) -> str:
    """One sentence: the mistake that explains the digest, or that none of the usual ones does."""
    guesses = (*encodings(sent, secret), *messages(sent, secret), *secrets_written_wrong(sent, secret))
    known = next((sentence for wrong, sentence in guesses if wrong == sent.digest), None)
    return known or no_usual_mistake(sent)


def encodings(sent: Credentials, secret: str) -> Iterator[Guess]:
    """The right digest, written wrong."""
    right = digest(sent.scheme, secret, sent.nonce, sent.created)
    raw = base64.b64decode(right)
    for text in (raw.hex(), raw.hex().upper()):
        yield b64(text.encode()), "the Base64 is of the digest's hex text; it must be of the 32 raw bytes"
        yield text, "the digest is written in hex; it must be the Base64 of the 32 raw bytes"
    url_safe = base64.urlsafe_b64encode(raw).decode()
    yield url_safe, "the Base64 is the URL-safe one (- and _); the standard one (+ and /) is needed"
    yield right.rstrip("="), "the Base64 lacks the = at its end"
    if unquote(sent.digest) == right or sent.digest.replace(" ", "+") == right:
        yield sent.digest, "the digest was URL-encoded or decoded; it goes into the header as it is"


def messages(sent: Credentials, secret: str) -> Iterator[Guess]:
    """The wrong formula or the wrong string signed."""
    scheme, nonce, created = sent.scheme, sent.nonce, sent.created
    other = OTHER[scheme]
    yield digest(other, secret, nonce, created), f"this is the digest of {other.value}, the headers say {scheme.value}"
    yield digest(scheme, secret, created, nonce), "Created was signed before Nonce; the string is Nonce, then Created"
    for separator in ("+", " ", ":", ",", "&", "\n"):
        wrong = digest(scheme, secret, nonce + separator, created)
        yield wrong, f"{separator!r} stands between Nonce and Created; they are joined by nothing"
    yield digest(scheme, secret, nonce, ""), "only Nonce was signed; the string is Nonce, then Created"
    yield digest(scheme, secret, "", created), "only Created was signed; the string is Nonce, then Created"
    yield from older_formulas(sent, secret)


def older_formulas(sent: Credentials, secret: str) -> Iterator[Guess]:
    """What other products and older standards sign."""
    joined = (sent.nonce + sent.created + secret).encode()
    yield b64(hashlib.sha1(joined).digest()), "this is SHA-1, as in WS-Security; SHA-256 is needed"  # noqa: S324 - recognised, not used
    swapped = hmac.digest((sent.nonce + sent.created).encode(), secret.encode(), "sha256")
    yield b64(swapped), "key and message of the HMAC are swapped: the secret is the key"
    secret_first = hashlib.sha256((secret + sent.nonce + sent.created).encode()).digest()
    yield b64(secret_first), "the secret stands before Nonce and Created; WSSE has it after them"


def secrets_written_wrong(sent: Credentials, secret: str) -> Iterator[Guess]:
    """A secret with something at its ends, or without something that belongs there."""
    endings = (("\n", "a line end"), ("\r\n", "a line end"), (" ", "a blank"), ("\t", "a tab"))
    for ending, what in endings:
        yield digest(sent.scheme, secret + ending, sent.nonce, sent.created), f"the secret has {what} at its end"
    yield digest(sent.scheme, f" {secret}", sent.nonce, sent.created), "the secret has a blank before it"
    yield digest(sent.scheme, f'"{secret}"', sent.nonce, sent.created), "the secret has its quotation marks around it"
    yield digest(sent.scheme, secret.strip(), sent.nonce, sent.created), "the blanks at the secret's ends were cut off"
    yield digest(sent.scheme, sent.app_key, sent.nonce, sent.created), "the app key was used where the secret belongs"


def no_usual_mistake(sent: Credentials) -> str:
    """What can be said of a digest that no mistake explains."""
    if len(sent.digest) != DIGEST_LENGTH:
        return f"a digest has {DIGEST_LENGTH} characters (Base64 of 32 bytes), this one has {len(sent.digest)}"
    return (
        "no usual mistake explains it: probably another secret, or another Nonce or Created than was sent, was signed"
    )


def b64(raw: bytes) -> str:
    """Standard Base64 text."""
    return base64.b64encode(raw).decode()
