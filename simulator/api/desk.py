"""What operations work with: the exchange, this server's own address, and the download addresses it gave out."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulator.exchange.exchange import Exchange

ADDRESSES_KEPT = 10_000
"""Download addresses whose age is known; of more, the oldest is forgotten, and counts as too old where ages matter."""


class Addresses:
    """When each download address was last given out, by its secret part; bounded."""

    def __init__(self) -> None:
        self._given_at: OrderedDict[str, datetime] = OrderedDict()

    def give(self, token: str, at: datetime) -> None:
        """An address is given out, perhaps again."""
        self._given_at.pop(token, None)
        self._given_at[token] = at
        if len(self._given_at) > ADDRESSES_KEPT:
            self._given_at.popitem(last=False)

    def is_valid(self, token: str, at: datetime, seconds: int | None) -> bool:
        """Whether an address still works after `seconds`; None: as long as the recording is there."""
        given_at = self._given_at.get(token)
        return seconds is None or (given_at is not None and at < given_at + timedelta(seconds=seconds))


@dataclass(frozen=True, slots=True)
class Desk:
    """Handed to every operation."""

    exchange: Exchange
    base_url: Callable[[], str]
    addresses: Addresses = field(default_factory=Addresses)
