"""Header names in another case: receivers must not care (notifications.md 1.1)."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from simulator.delivery.fault import Parameters
from simulator.outbound.raw import RawRequest

STYLES: Mapping[str, Callable[[str], str]] = {"upper": str.upper, "title": str.title, "lower": str.lower}


def damaged(request: RawRequest, parameters: Parameters) -> RawRequest:
    """Every name in `style`; the values stay."""
    style = STYLES[parameters["style"]]
    return replace(request, headers=tuple((style(name), value) for name, value in request.headers))
