"""What a configuration says, as values; every one was checked when it was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CertFiles:
    """A certificate chain and its key, both PEM files that were there when the configuration was read."""

    cert: Path
    key: Path


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """`[server]`: port 0 is any free one; `start_at` None is now on a real clock, a fixed instant on a virtual one."""

    host: str
    port: int
    control_port: int
    store: str
    clock: str
    tls: str | CertFiles
    edition: str
    seed: int
    start_at: datetime | None
    control_token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class NumberOption:
    """An X number, global format, and the area code (with its leading 0) of its city."""

    number: str
    area_code: str


@dataclass(frozen=True, slots=True)
class NumberPoolOption:
    """So many X numbers of one city, to be generated from the seed."""

    count: int
    area_code: str


@dataclass(frozen=True, slots=True)
class AppOptions:
    """One `[[apps]]`: `receivers` by slot name, `profile` unchecked (the contract knows its settings)."""

    app_key: str
    app_secret: str = field(repr=False)
    mode: str = "AXB"
    state: str = "normal"
    recording: bool = True
    sms: bool = True
    voice_files: tuple[str, ...] = ()
    numbers: tuple[NumberOption, ...] = ()
    number_pool: NumberPoolOption | None = None
    receivers: Mapping[str, str] = field(default_factory=dict)
    allowed_ips: tuple[str, ...] = ()
    extension_digits: int = 4
    profile: Mapping[str, object] = field(default_factory=dict)
    profile_lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration; `profile` is unchecked, `profile_lines` says where its keys stand in `source`."""

    server: ServerOptions
    apps: tuple[AppOptions, ...]
    profile: Mapping[str, object]
    profile_lines: Mapping[str, int]
    source: Path | None
