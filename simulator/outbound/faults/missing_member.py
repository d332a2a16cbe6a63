"""A member that may be absent, and is."""

from typing import Any

import orjson

from simulator.delivery.fault import Parameters
from simulator.outbound.raw import RawRequest


def damaged(request: RawRequest, parameters: Parameters) -> RawRequest:
    """Without `member`, wherever it stands; which ones are optional is the contract's to say."""
    return request.with_body(orjson.dumps(_without(orjson.loads(request.body), parameters["member"])))


def _without(value: Any, member: str) -> Any:
    if isinstance(value, dict):
        return {name: _without(one, member) for name, one in value.items() if name != member}
    return [_without(one, member) for one in value] if isinstance(value, list) else value
