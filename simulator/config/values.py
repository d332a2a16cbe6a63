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
    """`[server]`: port 0 is any free one; `start_at` None is now on a real clock, a fixed instant on a virtual one.

    `store` is the word memory or a file; its limits are those of the store where they are None.
    """

    host: str
    port: int
    control_port: int
    store: str | Path
    clock: str
    tls: str | CertFiles
    edition: str
    seed: int
    start_at: datetime | None
    control_token: str | None = field(repr=False)
    store_max_rows: int | None = None
    store_max_bytes: int | None = None
    log_format: str = "text"
    log_level: str = "error"


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
class VoiceFileOption:
    """A voice file: its name, how far it has come (uploaded, approved, refused), its size where it is known."""

    name: str
    state: str = "approved"
    size_bytes: int | None = None

    def as_json(self) -> dict[str, object]:
        """As it is written in `voice_files`."""
        size = {} if self.size_bytes is None else {"bytes": self.size_bytes}
        return {"name": self.name, "state": self.state, **size}


@dataclass(frozen=True, slots=True)
class AppOptions:
    """One `[[apps]]`: `receivers` by slot name, `profile` unchecked (the contract knows its settings).

    `edition` None is the simulator's.
    """

    app_key: str
    app_secret: str = field(repr=False)
    mode: str = "AXB"
    edition: str | None = None
    state: str = "normal"
    arrears: bool = False
    requests_per_minute: int | None = None
    traffic_per_minute: int | None = None
    recording: bool = True
    sms: bool = True
    features: tuple[str, ...] = ()
    voice_files: tuple[VoiceFileOption, ...] = ()
    numbers: tuple[NumberOption, ...] = ()
    number_pool: NumberPoolOption | None = None
    receivers: Mapping[str, str] = field(default_factory=dict)
    allowed_ips: tuple[str, ...] = ()
    extension_digits: int = 4
    subscription_ids: tuple[str, ...] = ()
    profile: Mapping[str, object] = field(default_factory=dict)
    profile_lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProbeConfig:
    """`[customer.probe]`: where a customer's API says what it counted about a call: a path, and dotted paths in its answer."""

    path: str = "/probe/{session_id}"
    events: str = "events"
    cdrs: str = "cdrs"
    state: str = "state"
    hangup_cause: str = "hangup_cause"


@dataclass(frozen=True, slots=True)
class CustomerConfig:
    """`[customer]`: the customer's own API, for scenarios that ask it; without a probe it cannot say what it counted."""

    url: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    probe: ProbeConfig | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration; `profile` is unchecked, `profile_lines` says where its keys stand in `source`."""

    server: ServerOptions
    apps: tuple[AppOptions, ...]
    profile: Mapping[str, object]
    profile_lines: Mapping[str, int]
    source: Path | None
    customer: CustomerConfig = CustomerConfig()
