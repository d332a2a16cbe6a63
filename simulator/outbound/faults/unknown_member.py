"""A member that nobody knows."""

from typing import Any

import orjson

from simulator.delivery.fault import Parameters
from simulator.outbound.raw import RawRequest


def damaged(request: RawRequest, parameters: Parameters) -> RawRequest:
    """`member` with `value`, in each innermost object."""
    body = orjson.loads(request.body)
    _add(body, parameters["member"], parameters["value"])
    return request.with_body(orjson.dumps(body))


def _add(value: Any, member: str, text: str) -> bool:
    """Whether there is an object in `value`; the innermost ones get the member."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    has_objects = sum(_add(one, member, text) for one in inside) > 0
    if isinstance(value, dict) and not has_objects:
        value[member] = text
    return has_objects or isinstance(value, dict)
