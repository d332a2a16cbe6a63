"""Addresses of receivers: what is accepted, and the sentence for what is not."""

import pytest

from simulator.outbound.gate import parse_target


@pytest.mark.parametrize(
    ("url", "origin", "authority", "path"),
    [
        ("http://127.0.0.1:9000/status", "http://127.0.0.1:9000", "127.0.0.1:9000", "/status"),
        ("http://localhost", "http://localhost:80", "localhost", "/"),
        ("HTTPS://Example.COM:443/a?b=c&d=%20", "https://example.com:443", "example.com", "/a?b=c&d=%20"),
        ("http://[0:0::1]:9000/", "http://[::1]:9000", "[::1]:9000", "/"),
        ("http://bücher.example/隐", "http://xn--bcher-kva.example:80", "xn--bcher-kva.example", "/%E9%9A%90"),
        ("http://my_receiver:8080?x=1", "http://my_receiver:8080", "my_receiver:8080", "/?x=1"),
    ],
)
def test_an_address_is_split_and_made_ascii(url, origin, authority, path):
    target = parse_target(url, declared=False)
    assert (target.origin, target.authority, target.path) == (origin, authority, path)


@pytest.mark.parametrize("declared", [True, False])
def test_a_target_keeps_who_named_it(declared):
    assert parse_target("http://localhost/", declared=declared).declared is declared


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("htp://host/", "'htp://host/': only http and https are spoken, not 'htp'; did you mean 'http'?"),
        ("file:///etc/passwd", "'file:///etc/passwd': only http and https are spoken, not 'file'"),
        (
            "localhost:9000/status",
            (
                "'localhost:9000/status' does not start with http:// or https://: "
                "write for example http://localhost:9000/status"
            ),
        ),
        ("http:///status", "'http:///status' has no host: write for example http://127.0.0.1:9000/status"),
        ("http://:9000/", "'http://:9000/' has no host: write for example http://127.0.0.1:9000/status"),
        (
            "http://me:secret@host/",
            "an address of a receiver holds no user name or password: drop everything up to the '@'",
        ),
        ("http://host/#", "'http://host/#': a fragment ('#…') is never sent to a server: drop it"),
        ("http://host:0/", "'http://host:0/': the port must be a number from 1 to 65535"),
        ("http://host:65536/", "'http://host:65536/': the port must be a number from 1 to 65535"),
        ("http://host:x/", "'http://host:x/': the port must be a number from 1 to 65535"),
        ("http://ho!st/", "'http://ho!st/': the host 'ho!st' holds a character no host name has"),
        (
            "http://[fe80::1%25e0]/",
            "'http://[fe80::1%25e0]/': an IPv6 address with a zone ('%…') cannot be dialled: give it without its zone",
        ),
        (
            "http://h/a b",
            (
                "'http://h/a b' holds ' ' at position 11: "
                "spaces, line breaks, control characters and backslashes must be percent-encoded"
            ),
        ),
    ],
)
def test_a_wrong_address_is_refused_with_what_would_be_right(url, sentence):
    with pytest.raises(ValueError) as refused:
        parse_target(url, declared=True)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    "url", ["http://h/\r\nX: y", "http://h\\@evil/", "\thttp://h/", "http://h/\x00", "http://h/\u3000"]
)
def test_what_could_smuggle_bytes_into_the_request_is_refused(url):
    with pytest.raises(ValueError, match="must be percent-encoded"):
        parse_target(url, declared=True)


@pytest.mark.parametrize("url", ["http://[::1", "http://[::zz]/", f"http://{'a' * 64}.example/", "http://a..b/"])
def test_a_host_that_is_none_is_refused(url):
    with pytest.raises(ValueError, match=r"is no (address|IPv6 address|host name)"):
        parse_target(url, declared=True)


def test_a_password_is_never_repeated():
    for url in ("http://me:secret@host/ x", "ftp://me:secret@host/", "http://me:secret@h:x/"):
        with pytest.raises(ValueError) as refused:
            parse_target(url, declared=True)
        assert "secret" not in str(refused.value)
