"""The blacklist of addresses (recording_auth_codes.md 5): what counts, how long, whom it spares."""

from datetime import UTC, datetime, timedelta

from simulator.api.blacklist import ADDRESSES, Blacklist
from simulator.contract.profile import Profile
from tests.api.served import AXB, Platform, platform_with, signed

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DEFAULT = Profile.default()


async def fail(platform: Platform, times: int, **how: str) -> list[object]:
    return [(await platform.ask("GET", AXB, signed(**how))).code for _ in range(times)]


async def test_twenty_wrong_digests_blacklist_an_address_for_half_an_hour_of_the_story() -> None:
    async with platform_with(blacklist_loopback=True) as strict:
        assert await fail(strict, 20, secret="wrong") == ["1010010"] * 20
        got = await strict.ask("POST", AXB, signed())
        assert (got.status, got.code, got.sentence) == (403, "1020176", "Authentication failed, try again later")
        assert "refused until 2026-01-01T00:30:00Z" in str(strict.last()["refusal"])
        await strict.story.advance(1799)
        assert (await strict.ask("GET", AXB, {})).code == "1020176"
        await strict.story.advance(1)
        assert (await strict.ask("GET", AXB, {})).code == "1023006"


async def test_unknown_app_keys_count_and_missing_headers_do_not() -> None:
    async with platform_with(blacklist_loopback=True, blacklist_failures=3) as strict:
        for _ in range(5):
            assert (await strict.ask("GET", AXB, {})).code == "1023006"
        assert await fail(strict, 4, key="nobody") == ["1010003"] * 3 + ["1020176"]


async def test_missing_headers_count_where_the_profile_says_so() -> None:
    settings = {"blacklist_loopback": True, "blacklist_failures": 2, "blacklist_counts_missing_headers": True}
    async with platform_with(**settings) as strict:
        assert [(await strict.ask("GET", AXB, {})).code for _ in range(3)] == ["1023006", "1023006", "1020176"]


async def test_reset_clears_the_blacklist() -> None:
    async with platform_with(blacklist_loopback=True, blacklist_failures=1) as strict:
        assert await fail(strict, 2, secret="wrong") == ["1010010", "1020176"]
        strict.exchange.reset()
        assert await fail(strict, 1, secret="wrong") == ["1010010"]


async def test_loopback_is_exempt_by_default(platform: Platform) -> None:
    assert set(await fail(platform, 25, secret="wrong")) == {"1010010"}


def test_only_failures_within_the_window_count() -> None:
    blacklist = Blacklist()
    for minute in range(40):
        blacklist.failed("10.0.0.1", NOW + timedelta(minutes=minute), DEFAULT)
    assert blacklist.until("10.0.0.1", NOW + timedelta(minutes=40)) is None


def test_addresses_are_counted_apart() -> None:
    blacklist = Blacklist()
    for _ in range(20):
        blacklist.failed("10.0.0.1", NOW, DEFAULT)
    assert blacklist.until("10.0.0.1", NOW) == NOW + timedelta(minutes=30)
    assert blacklist.until("10.0.0.2", NOW) is None


def test_the_table_is_bounded() -> None:
    blacklist = Blacklist()
    once = DEFAULT.with_overrides({"blacklist_failures": 1})
    for number in range(ADDRESSES + 1):
        blacklist.failed(f"10.0.{number}", NOW, once)
    assert blacklist.until("10.0.0", NOW) is None
    assert blacklist.until("10.0.1", NOW) is not None
