"""Findings of a comparison, grouped: each once, with how often it was met, where first, and an example of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import NamedTuple

MOST_GROUPS = 1000
MORE = "more_findings"
LONGEST = 200


class Finding(NamedTuple):
    """One place where a capture and the contract differ; `name:path` is what `--ignore` takes."""

    name: str
    path: str
    example: str
    words: str
    timing: bool = False
    """Whether it rests on when requests were sent, so that it says nothing where clocks disagree."""


def plain(text: str) -> str:
    """Hostile text as text: what is not printable is written as an escape, what is long is cut."""
    safe = "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in text[: LONGEST + 1])
    return safe if len(safe) <= LONGEST else f"{safe[: LONGEST - 1]}…"


@dataclass(slots=True)
class Group:
    """Findings of one kind at one place."""

    finding: Finding
    first: str
    """Where it was met first: FILE:LINE."""
    count: int = 1

    @property
    def id(self) -> str:
        """What accepts it."""
        return f"{self.finding.name}:{self.finding.path}"

    def as_json(self) -> dict[str, object]:
        """A row of a list."""
        found = self.finding
        return {
            "finding": found.name,
            "path": found.path,
            "count": self.count,
            "first": self.first,
            "example": found.example,
            "meaning": found.words,
        }


@dataclass(slots=True)
class Findings:
    """All that was found, bounded: what comes after so many kinds of it is only counted."""

    groups: dict[tuple[str, str], Group] = field(default_factory=dict)

    def add(self, finding: Finding, source: str) -> None:
        """Once more this finding, at `source`."""
        finding = finding._replace(path=plain(finding.path), example=plain(finding.example), words=plain(finding.words))
        key = (finding.name, finding.path)
        if key not in self.groups and len(self.groups) >= MOST_GROUPS:
            words = f"more than {MOST_GROUPS} different findings; ignore some of them to see the rest"
            finding, key = Finding(MORE, "capture", finding.path, words), (MORE, "capture")
        group = self.groups.get(key)
        if group is None:
            self.groups[key] = Group(finding, source)
        else:
            group.count += 1


@dataclass(slots=True)
class Ignored:
    """Findings that are accepted: patterns of a path, or of `name:path`; `*` stands for anything."""

    patterns: Sequence[str]
    used: set[str] = field(default_factory=set)

    def covers(self, name: str, path: str) -> bool:
        """Whether a finding is accepted; every pattern that says so counts as used."""
        texts = (path, f"{name}:{path}")
        hits = {pattern for pattern in self.patterns if any(fnmatchcase(text, pattern) for text in texts)}
        self.used |= hits
        return bool(hits)

    def unused(self) -> Iterable[str]:
        """Patterns that accepted nothing: what they stood for is no drift any more."""
        return [pattern for pattern in self.patterns if pattern not in self.used]
