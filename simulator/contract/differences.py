"""Where a notification is other than its schema says, sorted: unknown, missing, other type, other format, unknown code."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from simulator.contract.schemas import Fault, validator

CODES = {
    "stateCode": "hangup cause (`pnsim causes` lists those known)",
    "ulFailReason": "disconnect point",
    "fwdUnaswRsn": "Q.850 cause",
    "callOutUnaswRsn": "Q.850 cause",
    "sipStatusCode": "SIP status",
    "sendResult": "result of an SMS",
    "status": "status of an X number",
    "cause": "cause of an X number's status",
    "serviceType": "service type of this mode",
    "direction": "direction",
}
"""Members that hold a code, and what the code is."""
TYPES = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
    type(None): "null",
}
LOWEST_SIP = 100
ICID = re.compile(r"[0-9a-f]{32}\.\d{9,10}\.\d+\.\d+")
"""32 hex digits, NTP seconds and two numbers (notifications.md 3.1, Identifier anatomy)."""
SHOWN = 80


class Difference(NamedTuple):
    """One place where a body and its schema differ; `example` is what is there, `words` what the schema says."""

    name: str
    path: str
    example: str
    words: str


def schema_of(kind: str, mode: str) -> str:
    """The name of the schema of a kind of notification in a mode."""
    return f"notifications/{mode.lower()}/{kind}"


def differences(kind: str, mode: str, body: Mapping[str, Any]) -> list[Difference]:
    """Every place where a body differs from its schema; none when it is valid."""
    check = validator(schema_of(kind, mode))
    found = [] if check.is_valid(body) else [row for fault in check.faults(body) for row in _sorted(fault, kind)]
    wrong_type = {row.path for row in found if row.name == "other_type"}
    kept = [row for row in found if row.name == "other_type" or row.path not in wrong_type]
    return list(dict.fromkeys([*kept, *_of_records(kind, body)]))


def path_of(kind: str, *way: object) -> str:
    """A place as findings name it: the kind, then the members; the numbers of list items are left out."""
    return ".".join([kind, *(str(step) for step in way if not isinstance(step, int))])


def shown(value: object) -> str:
    """A value as an example, cut to what a line of a table holds."""
    text = " ".join(f"{value!r}".split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _sorted(fault: Fault, kind: str) -> Iterator[Difference]:
    if fault.rule == "additionalProperties":
        known = fault.schema.get("properties", {})
        for name in fault.value.keys() - known.keys():
            value = fault.value[name]
            words = f"the schema has no {name}; it is a JSON {_type(value)} here"
            yield Difference("unknown_member", path_of(kind, *fault.way, name), shown(value), words)
    elif fault.rule == "required":
        for name in (name for name in fault.wanted if name not in fault.value):
            there = ", ".join(fault.value)
            words = f"the schema says that {name} is always there"
            yield Difference("missing_member", path_of(kind, *fault.way, name), shown(f"only {there}"), words)
    else:
        yield _of_value(fault, path_of(kind, *fault.way))


def _of_value(fault: Fault, path: str) -> Difference:
    example = shown(fault.value)
    if fault.rule == "type":
        wanted = fault.wanted if isinstance(fault.wanted, str) else " or ".join(fault.wanted)
        return Difference("other_type", path, example, f"a JSON {_type(fault.value)}, instead of {wanted}")
    if fault.rule in ("enum", "const"):
        values = fault.wanted if fault.rule == "enum" else [fault.wanted]
        if type(fault.value) not in {type(value) for value in values}:
            wanted = _type(values[0])
            return Difference("other_type", path, example, f"a JSON {_type(fault.value)}, instead of {wanted}")
        code = CODES.get(path.rpartition(".")[2])
        if code is not None:
            return Difference("unknown_code", path, example, f"no {code} that the contract has")
        return Difference("other_value", path, example, f"known are {', '.join(map(str, values))!s:.120}")
    return Difference("other_format", path, example, f"the schema asks for {fault.rule} {fault.wanted}")


def _of_records(kind: str, body: Mapping[str, Any]) -> Iterator[Difference]:
    """What the schema of a CDR lets pass: a SIP status below 100, an icid of another form than every known one."""
    records = body.get("feeLst")
    for record in records if isinstance(records, list) else ():
        status = record.get("sipStatusCode") if isinstance(record, dict) else None
        if type(status) is int and 0 < status < LOWEST_SIP:
            yield Difference("unknown_code", path_of(kind, "feeLst", "sipStatusCode"), shown(status), "no SIP status")
        icid = record.get("icid") if isinstance(record, dict) else None
        if isinstance(icid, str) and not ICID.fullmatch(icid):
            words = "the samples have 32 hex digits, NTP seconds and two numbers, with dots between"
            yield Difference("id_form", path_of(kind, "feeLst", "icid"), shown(icid), words)


def _type(value: object) -> str:
    return TYPES.get(type(value), type(value).__name__)
