"""The API port's certificate: given, or made on the spot; many real clients speak https only."""

import ssl
from pathlib import Path


def given(cert: Path, key: Path) -> ssl.SSLContext:
    """A server context from two PEM files; raises ssl.SSLError or OSError when they do not fit."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context


def self_signed(*hosts: str) -> ssl.SSLContext:
    """A server context with a fresh certificate for these hosts; no client knows its issuer, so checks must be off."""
    import trustme  # noqa: PLC0415 - a quarter of a second that only https pays

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert(*hosts).configure_cert(context)
    return context
