"""How much a receiver may be given: a ceiling on calls a second and on calls in all, lower off this machine.

Whoever wants more says so with --allow-more. What may be told at all is the gate's: a receiver that was named, nobody else.
"""

import ipaddress
from dataclasses import dataclass

from simulator.outbound.gate import Forbidden, Gate
from simulator.outbound.target import parse_target


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Calls a second and in all that a receiver gets without further ado."""

    rate: float
    calls: int
    where: str


ON_LOOPBACK = Ceiling(2_000, 5_000_000, "a receiver on this machine")
ELSEWHERE = Ceiling(100, 100_000, "a receiver on another machine")


class TooMuch(Exception):
    """More than the ceiling; the sentence says which, and how to allow it."""


async def ceiling_of(url: str) -> Ceiling:
    """The ceiling for an address; raises OSError when its name leads nowhere, TooMuch when the gate forbids it."""
    try:
        addresses = await Gate().addresses(parse_target(url, declared=True))
    except Forbidden as forbidden:
        raise TooMuch(str(forbidden)) from None
    on_loopback = all(ipaddress.ip_address(address.ip).is_loopback for address in addresses)
    return ON_LOOPBACK if on_loopback else ELSEWHERE


def check(ceiling: Ceiling, url: str, rate: float, seconds: float) -> None:
    """Raises TooMuch where the rate or the number of calls is above the ceiling."""
    calls = rate * seconds
    if rate > ceiling.rate:
        what = f"{rate:g} calls a second are more than {ceiling.rate:g}, the ceiling for {ceiling.where} ({url})"
        raise TooMuch(f"{what}: lower --rate, or say with --allow-more that it is yours and may get them")
    if calls > ceiling.calls:
        what = f"{calls:,.0f} calls are more than {ceiling.calls:,}, the ceiling for {ceiling.where} ({url})"
        raise TooMuch(f"{what}: lower --rate or --for, or say with --allow-more that it is yours and may get them")
