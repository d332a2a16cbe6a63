"""Where values came from, so that every refusal can say it: a TOML file with its lines, or a request's body."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

KeyPath = tuple[str | int, ...]

STRINGS = r'''"""(?:\\[\s\S]|[^\\])*?"{3,5}|"(?:\\.|[^"\\\n])*"'''
LITERALS = r"""'''[\s\S]*?'{3,5}|'[^'\n]*'"""
TOKEN = re.compile(rf"{STRINGS}|{LITERALS}|#[^\n]*|[\[\]{{}}\n]")
"""What moves a reader of TOML between keys: strings of four kinds, comments, brackets, ends of lines."""

HEADER = re.compile(r"\s*(\[\[?)([^\[\]]+)\]")
KEY = re.compile(r"""\s*((?:"(?:\\.|[^"\\])*"|'[^']*'|[A-Za-z0-9_-]+|[ \t.])+?)\s*=""")


class ConfigError(Exception):
    """A configuration was refused; the sentence says where (`file:line`), what is wrong and what would be right."""


class FlagError(ConfigError):
    """A flag of the command line was refused."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A source of values: its name as a person knows it, and the lines of its keys where it has lines."""

    name: str
    lines: Mapping[KeyPath, int] = field(default_factory=dict)

    def refusal(self, path: KeyPath, problem: str) -> ConfigError:
        """The error that says: here, this is wrong."""
        line = self.line(path)
        return ConfigError(f"{self.name}{f':{line}' if line else ''}: {problem}")

    def line(self, path: KeyPath) -> int | None:
        """The line of a key, or of what encloses it; None where the source has no lines."""
        shorter = (path[:length] for length in range(len(path), 0, -1))
        return next((self.lines[part] for part in shorter if part in self.lines), None)


def nearest(word: str, valid: Mapping[str, object]) -> str:
    """`; did you mean 'port'?` where a valid word is near, and the valid words."""
    near = get_close_matches(word, valid, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{hint}Valid: {', '.join(valid)}"


def spelled(path: KeyPath) -> str:
    """A path as a person writes it: `apps[0].numbers[2].area_code`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def lines_of(text: str) -> dict[KeyPath, int]:
    """The line, from 1, of every header and key of a valid TOML text; keys inside inline tables are not listed."""
    lines: dict[KeyPath, int] = {}
    arrays: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in _statements(text):
        header = HEADER.match(line)
        if header:
            table = _table_path(header, arrays)
            lines.setdefault(table, number)
            continue
        key = KEY.match(line)
        if key:
            lines[table + _key_path(key[1])] = number
    return lines


def _statements(text: str) -> list[tuple[int, str]]:
    """The lines on which a statement begins: outside brackets and strings."""
    lines = text.split("\n")
    starts, depth, number = [1], 0, 1
    for token in TOKEN.finditer(text):
        mark = token[0]
        depth += (mark in "[{") - (mark in "]}")
        number += mark.count("\n")
        if mark == "\n" and depth == 0:
            starts.append(number)
    return [(start, lines[start - 1]) for start in starts]


def _table_path(header: re.Match[str], arrays: dict[KeyPath, int]) -> KeyPath:
    """The path of a table header; a new element of an array of tables is counted."""
    path: KeyPath = ()
    parts = _key_path(header[2])
    for part in parts[:-1]:
        path += (part,)
        path += (arrays[path],) if path in arrays else ()
    path += parts[-1:]
    if header[1] == "[[":
        arrays[path] = arrays.get(path, -1) + 1
        path += (arrays[path],)
    return path


def _key_path(text: str) -> KeyPath:
    """The parts of a dotted key; the parser itself reads its quotes and escapes."""
    parts: list[str | int] = []
    node: object = tomllib.loads(f"{text.strip()} = 0")
    while isinstance(node, dict):
        name, node = next(iter(node.items()))
        parts.append(name)
    return tuple(parts)
