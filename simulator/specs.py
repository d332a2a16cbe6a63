"""Applications as they are configured become what the exchange takes: profile over profile, number pools generated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial

import orjson

from simulator.config.values import AppOptions, Config
from simulator.contract.editions import profile_of
from simulator.contract.profile import Profile
from simulator.delivery.notification import Slot
from simulator.exchange.apps import AppSpec, AppState, NumberSpec
from simulator.exchange.comeback import Configured
from simulator.exchange.exchange import Exchange
from simulator.telephony.ids import Ids
from simulator.telephony.voice_files import VoiceFile, VoiceFileState

MEMBERS = frozenset(AppSpec.__dataclass_fields__)

Taken = Callable[[str], bool]
"""Whether a number belongs to somebody already."""


def profile_in_force(config: Config, edition: str | None = None) -> Profile:
    """The defaults of the edition, that of `[server]` unless another is asked for, under `[profile]`."""
    profile = profile_of(edition or config.server.edition)
    return _overridden(profile, config.profile, config.profile_lines, str(config.source or "profile"))


def taken_in(exchange: Exchange, coming: Sequence[AppOptions] = ()) -> Taken:
    """Whether a number is an application's already, or given to one of those that are coming."""
    given = {number.number for options in coming for number in options.numbers}
    return lambda number: number in given or any(app.pool.held(number) for app in exchange.apps())


def make_spec(options: AppOptions, config: Config, where: str, is_taken: Taken, *, seed: int | None = None) -> AppSpec:
    """An application's options as the exchange takes them: profile laid over the simulator's, number pool generated.

    `seed`: that of the story, where a journal goes on with another than the configuration has.
    """
    profile = profile_in_force(config, options.edition)
    if options.profile:
        profile = _overridden(profile, options.profile, options.profile_lines, where)
    numbers = tuple(NumberSpec(number.number, number.area_code) for number in options.numbers)
    return AppSpec(
        app_key=options.app_key,
        app_secret=options.app_secret,
        profile=profile,
        mode=options.mode,
        recording=options.recording,
        sms=options.sms,
        features=frozenset(options.features),
        voice_files=tuple(
            VoiceFile(file.name, VoiceFileState(file.state), file.size_bytes) for file in options.voice_files
        ),
        numbers=numbers + generated_numbers(options, config.server.seed if seed is None else seed, is_taken),
        receivers={Slot(name): url for name, url in options.receivers.items()},
        allowed_ips=frozenset(options.allowed_ips),
        state=AppState(options.state),
        arrears=options.arrears,
        requests_per_minute=options.requests_per_minute,
        traffic_per_minute=options.traffic_per_minute,
        edition=options.edition or config.server.edition,
        extension_digits=options.extension_digits,
        subscription_ids=options.subscription_ids,
    )


def configured_apps(config: Config, exchange: Exchange) -> Sequence[Configured]:
    """The applications of a configuration for `bring_back`; an application's own numbers are not taken by somebody else."""
    return [
        Configured(options.app_key, _table(options, config), partial(_spec_beside, options, config, exchange))
        for options in config.apps
    ]


def _spec_beside(options: AppOptions, config: Config, exchange: Exchange) -> AppSpec:
    others = [app for app in exchange.apps() if app.app_key != options.app_key]
    given = {number.number for other in config.apps for number in other.numbers}
    is_taken: Taken = lambda number: number in given or any(app.pool.held(number) for app in others)  # noqa: E731 - one line
    return make_spec(options, config, str(config.source or "apps"), is_taken, seed=exchange.core.ids.seed)


def _table(options: AppOptions, config: Config) -> Mapping[str, str]:
    """All that the configuration says of an application, by what it makes of it: its table, and what lies under that."""
    said: dict[str, object] = {name: value for name, value in asdict(options).items() if name in MEMBERS}
    said["edition"] = options.edition or config.server.edition
    said["profile"] = [said["edition"], dict(config.profile), dict(options.profile)]
    said["numbers"] = [said["numbers"], options.number_pool]  # no seed: that of a journal is that of its first start
    return {
        name: orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=str).decode() for name, value in said.items()
    }


def generated_numbers(options: AppOptions, seed: int, is_taken: Taken) -> tuple[NumberSpec, ...]:
    """The X numbers of `number_pool`: the same for the same seed and app key, none twice and none of somebody else's."""
    pool = options.number_pool
    if pool is None:
        return ()
    ids, found = Ids(seed), dict.fromkeys(number.number for number in options.numbers)
    given_count = len(found)
    while len(found) < given_count + pool.count:
        number = f"+86170{ids.next(options.app_key, 'x_number') % 10**8:08d}"
        if not is_taken(number):
            found[number] = None
    return tuple(NumberSpec(number, pool.area_code) for number in list(found)[given_count:])


def _overridden(profile: Profile, overrides: Mapping[str, object], lines: Mapping[str, int], where: str) -> Profile:
    for name, value in overrides.items():
        line = lines.get(name)
        profile = profile.with_overrides({name: value}, where if line is None else f"{where}:{line}")
    return profile
