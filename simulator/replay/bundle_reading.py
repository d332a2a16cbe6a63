"""Reads a bundle that may be a stranger's: nothing of it touches the disk, everything is measured before it is unpacked.

Every refusal is one sentence: what is wrong, instead of what. Names are shown as text, whatever is in them.
"""

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any
from unicodedata import normalize
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 - a class that zlib spells small

import orjson

from simulator.replay.bundle import CONFIG, JOURNAL, MANIFEST, REPORT, SCENARIO, Bundle
from simulator.replay.bundle_manifest import NotOurs, manifest_of

MIB = 1024 * 1024
LARGEST_FILE = 64 * MIB
LARGEST_MEMBER = 32 * MIB
LARGEST_TOTAL = 64 * MIB
MOST_MEMBERS = 200
LONGEST_NAME = 200
DEEPEST = 10
DENSEST = 200
"""How many bytes one byte may become; what is small anyway may be denser."""
SMALL = 64 * 1024
ENCRYPTED = 0x1
ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"7z\xbc\xaf\x27\x1c",
    b"\x28\xb5\x2f\xfd",
)
"""How files begin that hold files."""


class BundleError(Exception):
    """A file that is no bundle, or none that may be read; the sentence says why."""


def read(path: Path) -> Bundle:
    """The bundle in a file; raises BundleError."""
    try:
        return _bundle(_contents(path))
    except NotOurs as wrong:
        raise BundleError(f"{path}: {wrong}") from None


def _contents(path: Path) -> dict[str, bytes]:
    """What the members hold, by name."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise NotOurs(f"{size} bytes long, instead of at most {LARGEST_FILE // MIB} MiB")
        with ZipFile(path) as file:
            members = file.infolist()
            _check(members, size)
            return {one.filename: _content(file, one) for one in members}
    except OSError as error:
        raise NotOurs(f"cannot be read: {error.strerror or error}") from None
    except (BadZipFile, ZlibError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise NotOurs(f"no zip file that can be read: {str(error)!r:.100}") from None


def _check(members: list[ZipInfo], size: int) -> None:
    """Names and sizes, before anything is unpacked."""
    if len(members) > MOST_MEMBERS:
        raise NotOurs(f"it has {len(members)} members, instead of at most {MOST_MEMBERS}")
    seen: dict[str, str] = {}
    for one in members:
        name = one.orig_filename
        for sentence in (*_wrong_names(name), *_wrong_kinds(one), *_wrong_sizes(one)):
            raise NotOurs(f"its member {name!r:.80} {sentence}")
        key = normalize("NFC", name).casefold()
        if seen.get(key) == name:
            raise NotOurs(f"its member {name!r:.80} is there twice, instead of once")
        if key in seen:
            raise NotOurs(
                f"its members {seen[key]!r:.80} and {name!r:.80} are one file on some machines, instead of two"
            )
        seen[key] = name
    _check_folders(seen)
    total = sum(one.file_size for one in members)
    if total > LARGEST_TOTAL:
        raise NotOurs(f"it unpacks to {total} bytes, instead of at most {LARGEST_TOTAL // MIB} MiB")
    if sum(one.compress_size for one in members) > size:
        raise NotOurs("its members lie over each other, instead of one after the other")


def _check_folders(names: Mapping[str, str]) -> None:
    """Nothing is a file and a folder at once; `names` are the members, by how they are compared."""
    inside = next((one for name in names for one in _folders(name) if one in names), None)
    if inside is not None:
        raise NotOurs(f"its member {names[inside]!r:.80} is a file and a folder at once, instead of one of them")


def _folders(name: str) -> Iterator[str]:
    """Every folder that a name stands in."""
    parts = name.split("/")
    return ("/".join(parts[:most]) for most in range(1, len(parts)))


def _wrong_names(name: str) -> Iterator[str]:
    """Why a name is none that a bundle has."""
    if not name.isprintable():
        yield "has a name that does not print, such as with NUL, instead of plain text"
    if "\\" in name:
        yield "has a backslash in its name, instead of /"
    if name.startswith("/"):
        yield "has an absolute name, instead of one below the bundle"
    if PureWindowsPath(name).drive or ":" in name:
        yield "names a drive, instead of a place below the bundle"
    yield from _wrong_parts(name, name.split("/"))
    if name not in (MANIFEST, CONFIG, JOURNAL) and not name.startswith((SCENARIO, REPORT)):
        yield f"is nothing that a bundle has, instead of one of: {MANIFEST}, {CONFIG}, {JOURNAL}, {SCENARIO}, {REPORT}"


def _wrong_parts(name: str, parts: list[str]) -> Iterator[str]:
    if ".." in parts:
        yield "leaves the bundle with .., instead of staying below it"
    if len(name) > LONGEST_NAME or len(parts) > DEEPEST:
        yield f"has a name of more than {LONGEST_NAME} characters or {DEEPEST} folders, instead of a shorter one"
    if "" in parts or "." in parts:
        yield "is a folder or has an empty part in its name, instead of being a file"


def _wrong_kinds(one: ZipInfo) -> Iterator[str]:
    mode = one.external_attr >> 16
    if stat.S_ISLNK(mode):
        yield "is a symbolic link, instead of a file"
    elif stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        yield "is a device or folder, instead of a file"
    if one.flag_bits & ENCRYPTED:
        yield "is encrypted, instead of readable"
    if one.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        yield f"is compressed by method {one.compress_type}, instead of deflated"


def _wrong_sizes(one: ZipInfo) -> Iterator[str]:
    if one.file_size > LARGEST_MEMBER:
        yield f"unpacks to {one.file_size} bytes, instead of at most {LARGEST_MEMBER // MIB} MiB"
    if one.file_size > max(SMALL, DENSEST * one.compress_size):
        yield f"unpacks to more than {DENSEST} times its size, instead of what a story needs: a zip bomb"


def _content(file: ZipFile, one: ZipInfo) -> bytes:
    """A member, never more of it than it said."""
    with file.open(one) as stream:
        content = stream.read(one.file_size + 1)
    if len(content) != one.file_size:
        raise NotOurs(f"its member {one.filename!r:.80} has not the size that it says")
    if content.startswith(ARCHIVES):
        raise NotOurs(f"its member {one.filename!r:.80} is an archive itself, instead of text")
    return content


def _bundle(contents: Mapping[str, bytes]) -> Bundle:
    missing = next((name for name in (MANIFEST, CONFIG) if name not in contents), None)
    if missing is not None:
        raise NotOurs(f"it has no {missing}, instead of being a bundle that `pnsim run` wrote")
    manifest = manifest_of(_table(contents, MANIFEST))
    scenario = _below(contents, SCENARIO)
    if manifest.file not in scenario:
        raise NotOurs(f"its manifest plays {manifest.file!r:.80}, which is not in it")
    reports = _below(contents, REPORT)
    return Bundle(manifest, _table(contents, CONFIG), scenario, contents.get(JOURNAL, b""), reports)


def _below(contents: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    """The files of a folder, by their names in it."""
    return {
        str(PurePosixPath(name).relative_to(folder)): content
        for name, content in contents.items()
        if name.startswith(folder)
    }


def _table(contents: Mapping[str, bytes], name: str) -> dict[str, Any]:
    try:
        table = orjson.loads(contents[name])
    except orjson.JSONDecodeError as error:
        raise NotOurs(f"its {name} is no JSON: {error}") from None
    if not isinstance(table, dict):
        raise NotOurs(f"its {name} is no table, instead of {{ … }}")
    return table
