"""What a capture says about settings of the profile: confirmed or contradicted, how often, and where first."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from simulator.contract.profile import Profile
from simulator.contract.settings import Setting, setting_named
from simulator.replay.drifting.finding import plain

YOURS = ("call_host", "record_domain", "sp_id")
"""Settings that every customer has a value of his own for: another one is no drift."""
MOST_VALUES = 20


class Seen(NamedTuple):
    """One place where the capture speaks of a setting: the value that would do this, and whether it is ours.

    `value` None is a value; `fits` False with `known` False: no value of the setting gives what was seen.
    """

    setting: str
    value: Any
    fits: bool
    example: str
    known: bool = True
    timing: bool = False


@dataclass(slots=True)
class Evidence:
    """All that was seen of one setting with one value."""

    seen: Seen
    first: str
    count: int = 1


@dataclass(slots=True)
class Settings:
    """The settings that a capture speaks of."""

    profile: Profile
    rows: dict[tuple[str, str, bool], Evidence] = field(default_factory=dict)

    def add(self, seen: Seen, source: str) -> None:
        """Once more this, at `source`; confirmations of one setting are one row whatever the value."""
        key = (seen.setting, "" if seen.fits else repr(seen.value), seen.fits)
        if key in self.rows:
            self.rows[key].count += 1
        elif seen.fits or sum(row[0] == seen.setting for row in self.rows) < MOST_VALUES:
            self.rows[key] = Evidence(seen._replace(example=plain(seen.example)), source)

    def verdicts(self, *, timing: bool) -> Iterator["Verdict"]:
        """Every row, contradictions first; without `timing` those that rest on when requests were sent are left out."""
        rows = [row for row in self.rows.values() if timing or not row.seen.timing]
        for row in sorted(rows, key=lambda row: (row.seen.fits, row.seen.setting)):
            setting = setting_named(row.seen.setting, "drift")
            yield Verdict(setting, getattr(self.profile, setting.name), row)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a capture says of one setting."""

    setting: Setting
    ours: Any
    evidence: Evidence

    @property
    def verdict(self) -> str:
        """In one word."""
        if self.evidence.seen.fits:
            return "confirmed"
        return "yours" if self.setting.name in YOURS else "contradicted"

    @property
    def is_drift(self) -> bool:
        """Whether the platform does something else than the profile says."""
        return self.verdict == "contradicted"

    @property
    def line(self) -> str:
        """What to write into [profile], or what is known instead."""
        if self.evidence.seen.fits:
            return ""
        if not self.evidence.seen.known:
            return f"no value of {self.setting.name} gives that"
        return f"{self.setting.name} = {_toml(self.evidence.seen.value)}"

    def as_json(self) -> dict[str, object]:
        """A row of a list."""
        seen = self.evidence.seen
        return {
            "setting": self.setting.name,
            "verdict": self.verdict,
            "ours": _listed(self.ours),
            "seen": _listed(seen.value) if seen.known else None,
            "count": self.evidence.count,
            "first": self.evidence.first,
            "example": seen.example,
            "provenance": self.setting.provenance,
            "page": self.setting.page,
            "set": self.line,
            "meaning": self.setting.en,
        }


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _toml(value: Any) -> str:
    if value is None:
        return '"none"'
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)
