"""The API port's certificate: given, or made on the spot; many real clients speak https only."""

import ssl
from pathlib import Path


class UnusableCertificate(ValueError):
    """The two files make no certificate to serve with; the sentence says which and why."""


def given(cert: Path, key: Path) -> ssl.SSLContext:
    """A server context from two PEM files; raises UnusableCertificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert, key, password=lambda: _locked(key))
    except ssl.SSLError as error:
        what = WHY_NOT.get(error.reason or "", "one of them is no PEM file of its kind")
        raise UnusableCertificate(f"cannot serve https with {cert} and {key}: {what}") from None
    except OSError as error:
        raise UnusableCertificate(f"cannot serve https with {cert} and {key}: {error.strerror}") from None
    return context


WHY_NOT = {"KEY_VALUES_MISMATCH": "the key is not that of the certificate"}
"""What OpenSSL's reasons mean to a user."""


def _locked(key: Path) -> str:
    """Called for a passphrase: nobody is there to be asked."""
    raise UnusableCertificate(f"cannot serve https with {key}: it is locked by a passphrase; give a key without one")


def self_signed(*hosts: str) -> ssl.SSLContext:
    """A server context with a fresh certificate for these hosts; no client knows its issuer, so checks must be off."""
    import trustme  # noqa: PLC0415 - a quarter of a second that only https pays

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert(*hosts).configure_cert(context)
    return context
