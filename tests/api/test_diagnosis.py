"""Diagnoses: each usual mistake is recognised by its digest, and no sentence holds the secret."""

import base64
import hashlib
import hmac
from urllib.parse import quote

import pytest

from simulator.api.credentials import Credentials
from simulator.api.diagnosis import diagnose
from simulator.contract.digests import masked
from simulator.delivery.signature import Scheme
from tests.api.served import CREATED, NONCE, SECRET, aksk, wsse

RIGHT = aksk(SECRET, NONCE, CREATED)
RAW = base64.b64decode(RIGHT)
SWAPPED = base64.b64encode(hmac.new((NONCE + CREATED).encode(), SECRET.encode(), hashlib.sha256).digest()).decode()
SHA1 = base64.b64encode(hashlib.sha1((NONCE + CREATED + SECRET).encode()).digest()).decode()
URL_SAFE_NONCE = next(f"n{i}" for i in range(99) if "+" in aksk(SECRET, f"n{i}", CREATED))

MISTAKES = [
    (Scheme.AKSK, base64.b64encode(RAW.hex().encode()).decode(), "the Base64 is of the digest's hex text"),
    (Scheme.AKSK, RAW.hex(), "the digest is written in hex"),
    (Scheme.AKSK, RIGHT.rstrip("="), "the Base64 lacks the ="),
    (Scheme.AKSK, quote(RIGHT, safe=""), "the digest was URL-encoded"),
    (Scheme.AKSK, wsse(SECRET, NONCE, CREATED), "this is the digest of WSSE, the headers say AKSK"),
    (Scheme.WSSE, RIGHT, "this is the digest of AKSK, the headers say WSSE"),
    (Scheme.AKSK, aksk(SECRET, CREATED, NONCE), "Created was signed before Nonce"),
    (Scheme.AKSK, aksk(SECRET, f"{NONCE}+", CREATED), "'+' stands between Nonce and Created"),
    (Scheme.WSSE, wsse(SECRET, f"{NONCE} ", CREATED), "' ' stands between Nonce and Created"),
    (Scheme.AKSK, aksk(SECRET, NONCE, ""), "only Nonce was signed"),
    (Scheme.AKSK, aksk(SECRET, "", CREATED), "only Created was signed"),
    (Scheme.AKSK, aksk(f"{SECRET}\n", NONCE, CREATED), "the secret has a line end at its end"),
    (Scheme.WSSE, wsse(f" {SECRET}", NONCE, CREATED), "the secret has a blank before it"),
    (Scheme.AKSK, aksk("a1key", NONCE, CREATED), "the app key was used where the secret belongs"),
    (Scheme.AKSK, SWAPPED, "key and message of the HMAC are swapped"),
    (Scheme.WSSE, SHA1, "this is SHA-1, as in WS-Security"),
    (Scheme.AKSK, "short", "a digest has 44 characters (Base64 of 32 bytes), this one has 5"),
    (Scheme.AKSK, "x" * 44, "no usual mistake explains it"),
]


@pytest.mark.parametrize(("scheme", "digest", "sentence"), MISTAKES, ids=[mistake[2] for mistake in MISTAKES])
def test_a_usual_mistake_is_named(scheme: Scheme, digest: str, sentence: str) -> None:
    found = diagnose(Credentials(scheme, "a1key", digest, NONCE, CREATED), SECRET)
    assert found.startswith(sentence)
    assert SECRET not in found


def test_url_safe_base64_is_named() -> None:
    url_safe = aksk(SECRET, URL_SAFE_NONCE, CREATED).replace("+", "-").replace("/", "_")
    found = diagnose(Credentials(Scheme.AKSK, "a1key", url_safe, URL_SAFE_NONCE, CREATED), SECRET)
    assert found.startswith("the Base64 is the URL-safe one")


def test_a_secret_whose_blanks_were_cut_off_is_named() -> None:
    sent = Credentials(Scheme.AKSK, "a1key", aksk("secret", NONCE, CREATED), NONCE, CREATED)
    assert diagnose(sent, " secret") == "the blanks at the secret's ends were cut off"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (
            'UsernameToken Username="k", PasswordDigest="abc=", Nonce="n"',
            'UsernameToken Username="k", PasswordDigest="****", Nonce="n"',
        ),
        ("UsernameToken passworddigest=abc,Nonce=n", "UsernameToken passworddigest=***,Nonce=n"),
        ('PASSWORDDIGEST = "ab" PasswordDigest="cd"', 'PASSWORDDIGEST = "**" PasswordDigest="**"'),
        ('PasswordDigest="open', 'PasswordDigest="****'),
        ("PasswordDigest", "PasswordDigest"),
        ("nothing of the kind", "nothing of the kind"),
    ],
)
def test_digests_are_masked_at_equal_length_however_they_are_written(value: str, kept: str) -> None:
    assert masked(value) == kept
