"""One application as written in `[[apps]]` or in the body of `POST /apps`: the same shape, the same sentences."""

from collections.abc import Iterable, Mapping
from functools import partial

from simulator.config import checks
from simulator.config.checks import Check, shown
from simulator.config.options import EDITIONS
from simulator.config.origins import KeyPath, Origin, nearest, spelled
from simulator.config.values import AppOptions, NumberOption, NumberPoolOption, VoiceFileOption

MODES = ("AX", "AXB", "AXE", "AXYB", "X")
STATES = ("normal", "frozen", "unavailable")
VOICE_FILE_STATES = ("uploaded", "approved", "refused")
FEATURES = {
    "area_code": MODES,
    "call_duration": MODES,
    "release_direction": ("X",),
    "recording_url": MODES,
    "sms_content": ("AX", "AXB", "X"),
    "push_number_status": MODES,
    "memory_call_back": ("AX",),
}
"""The switches of schemas/codes/features.json, with the modes that have them."""
SLOTS: dict[str, Check[object]] = dict.fromkeys(
    ("status", "callin", "fee", "sms", "sms_block", "number_status"), checks.url
)
NUMBER: dict[str, Check[object]] = {"number": checks.number, "area_code": checks.area_code}
POOL: dict[str, Check[object]] = {"count": checks.whole(1, 100_000), "area_code": checks.area_code}

PLAIN: dict[str, Check[object]] = {
    "app_key": checks.text,
    "app_secret": checks.secret,
    "mode": checks.one_of(MODES),
    "edition": checks.one_of(EDITIONS),
    "state": checks.one_of(STATES),
    "arrears": checks.flag,
    "requests_per_minute": checks.at_most_or_none(1_000_000),
    "traffic_per_minute": checks.at_most_or_none(1_000_000),
    "recording": checks.flag,
    "sms": checks.flag,
    "features": checks.list_of(checks.one_of(FEATURES)),
    "allowed_ips": checks.list_of(checks.address),
    "extension_digits": checks.whole(1, 4),
    "subscription_ids": checks.list_of(checks.subscription_id),
}
NESTED = ("voice_files", "numbers", "number_pool", "receivers", "profile")
KEYS: dict[str, object] = {**PLAIN, **dict.fromkeys(NESTED)}
VOICE_FILE: dict[str, Check[object]] = {
    "name": checks.voice_file_name,
    "state": checks.one_of(VOICE_FILE_STATES),
    "bytes": checks.whole(1, checks.LARGEST_VOICE_FILE),
}


def app_options(raw: object, origin: Origin, path: KeyPath = ()) -> AppOptions:
    """The application that `raw` describes; `path` is where it stands in its origin. Raises ConfigError."""
    table = as_table(raw, origin, path)
    check_keys(table, KEYS, origin, path)
    for key in ("app_key", "app_secret"):
        if key not in table:
            raise origin.refusal(path, f"{spelled(path) or 'the application'} lacks {key}")
    members: dict[str, object] = {
        key: checked(check, table[key], origin, (*path, key)) for key, check in PLAIN.items() if key in table
    }
    readers = {
        "voice_files": _voice_files,
        "numbers": _numbers,
        "number_pool": _pool,
        "receivers": _receivers,
        "profile": as_table,
    }
    if "extension_digits" in members and members.get("mode") != "AXE":
        where = (*path, "extension_digits")
        raise origin.refusal(where, f"{spelled(where)} is only for an application of mode AXE; take the key out")
    _check_features(members, origin, (*path, "features"))
    for key in NESTED:
        if key in table:
            members[key] = readers[key](table[key], origin, (*path, key))
    profile = as_table(table.get("profile", {}), origin, (*path, "profile"))
    return AppOptions(**members, profile_lines=profile_lines(origin, (*path, "profile"), profile))  # type: ignore[arg-type]  # each member passed its check


def _check_features(members: Mapping[str, object], origin: Origin, path: KeyPath) -> None:
    mode, features = members.get("mode", "AXB"), members.get("features", ())
    for feature in features if isinstance(features, tuple) else ():
        if mode not in FEATURES[feature]:
            having = " and ".join(FEATURES[feature])
            raise origin.refusal(path, f"{spelled(path)}: {feature} is only for mode {having}, not {mode}; take it out")


def number_options(raw: object, origin: Origin, path: KeyPath = ()) -> tuple[NumberOption, ...]:
    """X numbers as they are written in `numbers`; raises ConfigError."""
    return _numbers(raw, origin, path)


def voice_file_option(raw: object, origin: Origin, path: KeyPath = ()) -> VoiceFileOption:
    """A voice file as it is written in `voice_files`: a name alone is an approved file. Raises ConfigError."""
    if not isinstance(raw, Mapping):
        return VoiceFileOption(str(checked(checks.voice_file_name, raw, origin, path)))
    check_keys(raw, VOICE_FILE, origin, path)
    if "name" not in raw:
        raise origin.refusal(path, f"{spelled(path) or 'this'} lacks name")
    values = {key: checked(VOICE_FILE[key], value, origin, (*path, key)) for key, value in raw.items()}
    size = values.pop("bytes", None)
    return VoiceFileOption(**values, size_bytes=size)  # type: ignore[arg-type]  # each passed its check


def as_table(raw: object, origin: Origin, path: KeyPath) -> Mapping[str, object]:
    """`raw` as a table; raises ConfigError when it is none."""
    if not isinstance(raw, Mapping):
        raise origin.refusal(path, f"{spelled(path) or 'this'} must be a table, not {shown(raw)}")
    return raw


def check_keys(table: Mapping[str, object], valid: Mapping[str, object], origin: Origin, path: KeyPath) -> None:
    """Raises ConfigError for the first key that is not valid."""
    for key in table:
        if key not in valid:
            raise origin.refusal((*path, key), f"{spelled(path) or 'this'} has no key {key!r}; {nearest(key, valid)}")


def checked(check: Check[object], value: object, origin: Origin, path: KeyPath) -> object:
    """`value` as it is kept; raises ConfigError."""
    try:
        return check(value)
    except checks.WrongValueError as problem:
        raise origin.refusal(path, f"{spelled(path)} {problem}") from None


def profile_lines(origin: Origin, path: KeyPath, profile: Iterable[str]) -> dict[str, int]:
    """The lines of the keys of the profile at `path`; a key of an inline table stands where the table begins."""
    lines = {name: origin.line((*path, name)) for name in profile}
    return {name: line for name, line in lines.items() if line is not None}


def _whole_table(columns: Mapping[str, Check[object]], raw: object, origin: Origin, path: KeyPath) -> dict[str, object]:
    """A table that has exactly these keys."""
    table = as_table(raw, origin, path)
    check_keys(table, columns, origin, path)
    for key in columns:
        if key not in table:
            raise origin.refusal(path, f"{spelled(path)} lacks {key}")
    return {key: checked(check, table[key], origin, (*path, key)) for key, check in columns.items()}


def _numbers(raw: object, origin: Origin, path: KeyPath) -> tuple[NumberOption, ...]:
    if not isinstance(raw, list | tuple):
        raise origin.refusal(
            path, f'{spelled(path)} must be a list of {{ number = "+86…", area_code = "0…" }}, not {shown(raw)}'
        )
    read = partial(_whole_table, NUMBER)
    numbers = tuple(NumberOption(**read(row, origin, (*path, i))) for i, row in enumerate(raw))  # type: ignore[arg-type]  # both passed their check
    seen: dict[str, int] = {}
    for i, number in enumerate(numbers):
        first = seen.setdefault(number.number, i)
        if first != i:
            raise origin.refusal(
                (*path, i), f"{spelled((*path, i))} is {number.number} again, as {spelled((*path, first))} is"
            )
    return numbers


def _voice_files(raw: object, origin: Origin, path: KeyPath) -> tuple[VoiceFileOption, ...]:
    if not isinstance(raw, list | tuple):
        raise origin.refusal(
            path,
            f'{spelled(path)} must be a list of names or {{ name = "….wav", state = "approved" }}, not {shown(raw)}',
        )
    files = tuple(voice_file_option(one, origin, (*path, i)) for i, one in enumerate(raw))
    seen: dict[str, int] = {}
    for i, file in enumerate(files):
        first = seen.setdefault(file.name, i)
        if first != i:
            raise origin.refusal(
                (*path, i), f"{spelled((*path, i))} is {file.name} again, as {spelled((*path, first))} is"
            )
    return files


def _pool(raw: object, origin: Origin, path: KeyPath) -> NumberPoolOption:
    return NumberPoolOption(**_whole_table(POOL, raw, origin, path))  # type: ignore[arg-type]  # both passed their check


def _receivers(raw: object, origin: Origin, path: KeyPath) -> dict[str, object]:
    table = as_table(raw, origin, path)
    check_keys(table, SLOTS, origin, path)
    return {slot: checked(SLOTS[slot], value, origin, (*path, slot)) for slot, value in table.items()}
