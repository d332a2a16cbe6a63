"""The gate: declared receivers wherever their host leads, everything else only on loopback."""

import asyncio
import socket

import pytest

from simulator.outbound.gate import Forbidden, Gate, parse_target

ONLY_LOOPBACK = "only loopback (127.0.0.0/8, ::1) may be dialled; declare it as a receiver to allow it"


def undeclared(host: str):
    return parse_target(f"http://{host}:9000/", declared=False)


@pytest.fixture
async def names(monkeypatch) -> dict[str, list[str]]:
    """A resolver of our own: what each name leads to, changeable while the test runs."""
    book: dict[str, list[str]] = {}

    async def getaddrinfo(host, port, **_):
        if host not in book:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(0, 0, 0, "", (ip, port)) for ip in book[host]]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
    return book


@pytest.mark.parametrize(
    ("host", "dialled"),
    [
        ("127.0.0.1", "127.0.0.1:9000"),
        ("127.255.0.3", "127.255.0.3:9000"),
        ("[::1]", "[::1]:9000"),
        ("[::ffff:127.0.0.1]", "127.0.0.1:9000"),
    ],
)
async def test_loopback_is_open_to_everybody(host, dialled):
    (address,) = await Gate().addresses(undeclared(host))
    assert str(address) == dialled


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("10.0.0.7", "10.0.0.7"),
        ("169.254.169.254", "169.254.169.254"),
        ("0.0.0.0", "0.0.0.0"),
        ("8.8.8.8", "8.8.8.8"),
        ("[::]", "::"),
        ("[fe80::1]", "fe80::1"),
        ("[::ffff:10.0.0.7]", "::ffff:a00:7"),
        ("[::127.0.0.1]", "::7f00:1"),
        ("[64:ff9b::7f00:1]", "64:ff9b::7f00:1 (a tunnel to 127.0.0.1)"),
        ("[2002:7f00:1::]", "2002:7f00:1:: (a tunnel to 127.0.0.1)"),
        ("[64:ff9b::a9fe:a9fe]", "64:ff9b::a9fe:a9fe (a tunnel to 169.254.169.254)"),
    ],
)
async def test_an_undeclared_address_elsewhere_is_refused_with_the_reason(host, shown):
    with pytest.raises(Forbidden) as refused:
        await Gate().addresses(undeclared(host))
    assert str(refused.value) == f"{shown} is not declared as a receiver, and {ONLY_LOOPBACK}"


@pytest.mark.parametrize("host", ["0x7f000001", "2130706433", "127.1", "0177.0.0.1", "127.0.0.01"])
async def test_an_odd_literal_is_refused_even_for_loopback(host):
    with pytest.raises(Forbidden) as refused:
        await Gate().addresses(undeclared(host))
    assert str(refused.value) == (
        f"{host} is an odd way to write 127.0.0.1, which hides where it leads: write 127.0.0.1"
    )


async def test_full_width_digits_are_judged_as_the_address_they_become():
    with pytest.raises(Forbidden, match=r"^10\.0\.0\.7 is not declared"):
        await Gate().addresses(undeclared("１０。０.0.7"))


async def test_a_declared_receiver_is_dialled_where_its_host_leads_now(names):
    target = parse_target("http://receiver:9000/", declared=True)
    names["receiver"] = ["172.18.0.3", "fd00::3"]
    assert [a.ip for a in await Gate().addresses(target)] == ["172.18.0.3", "fd00::3"]
    names["receiver"] = ["172.18.0.9"]
    assert [a.ip for a in await Gate().addresses(target)] == ["172.18.0.9"]


async def test_a_name_is_judged_by_every_address_it_leads_to(names):
    names["rebound"] = ["10.0.0.7", "127.0.0.1", "192.168.0.1", "::1"]
    assert [a.ip for a in await Gate().addresses(undeclared("rebound"))] == ["127.0.0.1", "::1"]


async def test_a_name_that_leads_inside_a_network_is_refused(names):
    names["internal"] = ["10.0.0.7", "fd00::3"]
    with pytest.raises(Forbidden) as refused:
        await Gate().addresses(undeclared("internal"))
    assert str(refused.value) == (
        f"internal, which leads to 10.0.0.7, fd00::3, is not declared as a receiver, and {ONLY_LOOPBACK}"
    )


async def test_declaring_a_host_opens_that_host_only(names):
    names.update({"receiver": ["172.18.0.3"], "other": ["172.18.0.4"]})
    gate = Gate(frozenset({"Receiver"}))
    assert await gate.addresses(undeclared("receiver"))
    with pytest.raises(Forbidden):
        await gate.addresses(undeclared("other"))
    assert gate.declare("http://other:1/").declared
    assert await gate.addresses(undeclared("other"))


def test_declaring_nonsense_is_refused():
    with pytest.raises(ValueError, match="only http and https are spoken"):
        Gate().declare("ftp://receiver/")


async def test_an_unknown_name_is_the_resolver_s_error(names):
    with pytest.raises(socket.gaierror):
        await Gate().addresses(undeclared("nowhere"))


async def test_a_literal_asks_no_resolver(names):
    target = parse_target("http://192.0.2.1/", declared=True)
    assert [a.ip for a in await Gate().addresses(target)] == ["192.0.2.1"]
