"""Addresses that failed to authenticate too often, for half an hour of the story (recording_auth_codes.md 5)."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

from simulator.contract.profile import Profile

ADDRESSES = 10_000
"""Addresses that are remembered; of more, the one that failed longest ago is forgotten."""


class Blacklist:
    """Counts failed authentications per address; bounded."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._until: OrderedDict[str, datetime] = OrderedDict()

    def __bool__(self) -> bool:
        return bool(self._until)

    def until(self, address: str, now: datetime) -> datetime | None:
        """Until when an address is refused; None when it is not."""
        end = self._until.get(address)
        if end is not None and end <= now:
            del self._until[address]
            return None
        return end

    def failed(self, address: str, now: datetime, profile: Profile) -> None:
        """A wrong digest or an unknown app key came from `address`; the last one that is allowed blacklists it."""
        if is_loopback(address) and not profile.blacklist_loopback:
            return
        failures = self._failures.pop(address, None) or deque()
        failures.append(now)
        while failures[0] < now - timedelta(seconds=profile.blacklist_window_seconds):
            failures.popleft()
        if len(failures) < profile.blacklist_failures:
            remember(self._failures, address, failures)
        else:
            remember(self._until, address, now + timedelta(seconds=profile.blacklist_seconds))

    def clear(self) -> None:
        """Forget everything."""
        self._failures.clear()
        self._until.clear()


def remember(table: OrderedDict, address: str, value: object) -> None:  # type: ignore[type-arg]  # both tables of the class
    """Put an address last; the first makes room."""
    table[address] = value
    if len(table) > ADDRESSES:
        table.popitem(last=False)


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own."""
    return address.startswith("127.") or address == "::1"
