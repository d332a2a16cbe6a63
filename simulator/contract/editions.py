"""Editions: the generations of the platform's documents as settings of the profile, `schemas/editions.json`.

An edition changes defaults; what a user sets in `[profile]` beats it (ax_axb.md 11, recording_auth_codes.md 6).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson

from simulator.contract.profile import Profile
from simulator.resources import read_bytes

CURRENT = "2026"
"""The edition that the profile's own defaults follow."""


@dataclass(frozen=True, slots=True)
class EditionSetting:
    """One setting that an edition changes, and where that is known from."""

    setting: str
    value: Any
    provenance: str
    page: str
    why: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One generation of the documents; `as_of` is the day whose documents and traffic it follows."""

    edition: str
    as_of: str
    settings: Mapping[str, EditionSetting]
    zh: str
    en: str


@cache
def editions() -> Mapping[str, Edition]:
    """Every edition by its name, oldest first."""
    rows = orjson.loads(read_bytes("schemas/editions.json"))["editions"]
    return {row["edition"]: _edition(**row) for row in rows}


@cache
def profile_of(edition: str) -> Profile:
    """The defaults of an edition; raises KeyError for one that there is not."""
    changed = {row.setting: row.value for row in editions()[edition].settings.values()}
    return Profile.default().with_overrides(changed, f"edition {edition}")


def _edition(*, settings: list[dict[str, Any]], **texts: str) -> Edition:
    return Edition(settings={row["setting"]: EditionSetting(**row) for row in settings}, **texts)
