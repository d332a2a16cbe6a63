"""The configuration that a story was played with, as a table of pnsim.toml without secrets, and back."""

from collections.abc import Mapping
from hashlib import blake2b
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from simulator.bundles.withholding import SECRET_NAME
from simulator.clock.story import FIRST_INSTANT
from simulator.config.apps import check_keys
from simulator.config.load import from_table
from simulator.config.origins import Origin
from simulator.config.values import AppOptions, Config
from simulator.exchange.rows import instant
from simulator.replay.bundle import CONFIG
from simulator.staging import members

SECTIONS = ("server", "profile", "apps", "customer")
SERVER = ("edition", "seed", "start_at", "tls")
TLS = ("off", "self-signed")
LOCAL = "localhost"


def derived_secret(app_key: str) -> str:
    """The secret that stands for an application's in a bundle: nobody's, and always the same."""
    return f"bundle-{blake2b(app_key.encode(), digest_size=12, person=b'pnsim.bundle').hexdigest()}"


def table_of(config: Config, app: AppOptions, receivers: Mapping[str, str]) -> dict[str, Any]:
    """What holds for one story, as pnsim.toml has it; `receivers` are those that were told, none for the sample."""
    server = config.server
    tls = server.tls if isinstance(server.tls, str) else TLS[1]
    customer = config.customer
    headers = {name: value for name, value in customer.headers.items() if not SECRET_NAME.search(name)}
    probe = customer.probe
    asked = {
        "url": None if customer.url is None else without_credentials(customer.url),
        "headers": headers,
        "probe": None if probe is None else {name: getattr(probe, name) for name in probe.__slots__},
    }
    table = {
        "app_key": app.app_key,
        "app_secret": derived_secret(app.app_key),
        **members(app),
        "receivers": {slot: without_credentials(url) for slot, url in receivers.items()},
    }
    return {
        "server": {
            "edition": server.edition,
            "seed": server.seed,
            "start_at": instant(server.start_at or FIRST_INSTANT),
            "tls": tls,
        },
        "profile": dict(config.profile),
        "apps": [table],
        "customer": {name: value for name, value in asked.items() if value},
    }


def config_of(table: Mapping[str, Any], file: str, flags: Mapping[str, object]) -> Config:
    """The configuration of a bundle's table, checked as any other and for what a bundle may not say; raises ConfigError."""
    origin = Origin(f"{file}/{CONFIG}")
    check_keys(table, dict.fromkeys(SECTIONS), origin, ())
    server = table.get("server", {})
    if isinstance(server, Mapping):
        check_keys(server, dict.fromkeys(SERVER), origin, ("server",))
        if server.get("tls", TLS[0]) not in TLS:
            raise origin.refusal(("server", "tls"), "server.tls names files, instead of off or self-signed")
    apps = table.get("apps")
    if not isinstance(apps, list) or len(apps) != 1:
        raise origin.refusal(("apps",), "apps is not one application, instead of the one that the story is played with")
    return from_table(table, origin, flags)


def is_loopback(url: str) -> bool:
    """Whether an address is this machine's own, without asking a name server."""
    try:
        host = urlsplit(url).hostname or ""
        return host == LOCAL or ip_address(host).is_loopback
    except ValueError:
        return False


def without_credentials(url: str) -> str:
    """An address without user, password and query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
