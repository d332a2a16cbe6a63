"""Certificates that are given: served as they are, or refused with a sentence, and never a question at the terminal."""

import asyncio
import ssl
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from simulator.api.tls import UnusableCertificate, given

AUTHORITY = trustme.CA()


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate with its key, the same key locked, another key, and a file that is neither."""
    issued, other = AUTHORITY.issue_cert("127.0.0.1"), AUTHORITY.issue_cert("127.0.0.1")
    issued.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    issued.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    other.private_key_pem.write_to_path(str(tmp_path / "other.pem"))
    key = serialization.load_pem_private_key(issued.private_key_pem.bytes(), None)
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"a passphrase"),
    )
    (tmp_path / "locked.pem").write_bytes(locked)
    (tmp_path / "text.pem").write_text("no certificate\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def test_a_given_certificate_is_the_one_that_is_served(folder: Path) -> None:
    server = await asyncio.start_server(
        lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=given(folder / "cert.pem", folder / "key.pem")
    )
    trusting = ssl.create_default_context()
    AUTHORITY.configure_trust(trusting)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname(), ssl=trusting)
        assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize(
    ("cert", "key", "sentence"),
    [
        ("cert.pem", "other.pem", "cannot serve https with cert.pem and other.pem: the key is not that of the certificate"),
        ("text.pem", "key.pem", "cannot serve https with text.pem and key.pem: one of them is no PEM file of its kind"),
        ("cert.pem", "text.pem", "cannot serve https with cert.pem and text.pem: one of them is no PEM file of its kind"),
        ("cert.pem", "locked.pem", "cannot serve https with locked.pem: it is locked by a passphrase; give a key without one"),
        ("gone.pem", "key.pem", "cannot serve https with gone.pem and key.pem: No such file or directory"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("folder")
def test_what_makes_no_certificate_is_refused_with_a_sentence(cert: str, key: str, sentence: str) -> None:
    with pytest.raises(UnusableCertificate) as refused:
        given(Path(cert), Path(key))
    assert str(refused.value) == sentence
