"""`[customer]`: the customer's own API, which scenarios may ask, and where in it stands what it counted."""

from collections.abc import Mapping

from simulator.config import checks
from simulator.config.apps import as_table, check_keys, checked
from simulator.config.checks import Check, WrongValueError, shown
from simulator.config.origins import KeyPath, Origin
from simulator.config.values import CustomerConfig, ProbeConfig

SESSION = "{session_id}"


def probe_path(value: object) -> str:
    """A path that has the call's id in it."""
    if not isinstance(value, str) or not value.startswith("/") or SESSION not in value or not value.isascii():
        raise WrongValueError(f'must be a path like "/probe/{SESSION}", with {SESSION} in it, not {shown(value)}')
    return value


def headers(value: object) -> dict[str, str]:
    """Headers as a table of texts."""
    if not isinstance(value, Mapping):
        raise WrongValueError(f'must be a table like {{ Authorization = "Bearer …" }}, not {shown(value)}')
    for name, text in value.items():
        if not isinstance(text, str) or not text.isascii() or not text.isprintable():
            raise WrongValueError(f"must have texts in quotes, printable and ASCII, not {shown(text)} for {name}")
    return {str(name): str(text) for name, text in value.items()}


KEYS: dict[str, Check[object]] = {"url": checks.url, "headers": headers}
PROBE: dict[str, Check[object]] = {
    "path": probe_path,
    **dict.fromkeys(("events", "cdrs", "state", "hangup_cause"), checks.text),
}


def customer_of(table: Mapping[str, object], origin: Origin, path: KeyPath = ("customer",)) -> CustomerConfig:
    """The customer that a table describes; raises ConfigError."""
    check_keys(table, {**KEYS, "probe": PROBE}, origin, path)
    values = {key: checked(check, table[key], origin, (*path, key)) for key, check in KEYS.items() if key in table}
    if "probe" not in table:
        return CustomerConfig(**values)  # type: ignore[arg-type]  # each passed its check
    where = (*path, "probe")
    probe = as_table(table["probe"], origin, where)
    check_keys(probe, PROBE, origin, where)
    known = {key: checked(PROBE[key], value, origin, (*where, key)) for key, value in probe.items()}
    return CustomerConfig(**values, probe=ProbeConfig(**known))  # type: ignore[arg-type]  # each passed its check
