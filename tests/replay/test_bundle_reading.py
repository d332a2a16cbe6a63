"""A stranger's bundle: every way of being wrong is refused in one sentence, before anything of it is used."""

import stat
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_BZIP2, ZipInfo

import pytest

from simulator.replay import bundle_reading
from simulator.replay.bundle import Bundle, write
from simulator.replay.bundle_reading import BundleError, read
from tests.replay.zips import CONFIG, MANIFEST, STORY, members, renamed, told_size, with_file, zipped


def refusal(path: Path) -> str:
    with pytest.raises(BundleError) as wrong:
        read(path)
    sentence = str(wrong.value)
    assert "\n" not in sentence
    assert sentence.isprintable()
    return sentence.removeprefix(f"{path}: ")


def linked(name: str, kind: int) -> ZipInfo:
    info = ZipInfo(name)
    info.external_attr = (kind | 0o777) << 16
    return info


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    whole = Bundle(
        MANIFEST, CONFIG, {"busy.yaml": STORY.encode(), "sub/a.steps.yaml": b"- x"}, b"{}\n", {"report.txt": b"t"}
    )
    path = tmp_path / "deep" / "busy.pnsim.zip"
    write(whole, path)
    assert read(path) == whole


def test_two_bundles_of_one_story_are_alike(tmp_path: Path) -> None:
    whole = Bundle(MANIFEST, CONFIG, {"busy.yaml": STORY.encode()})
    for name in ("one", "two"):
        write(whole, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


NAMES = {
    "scenario/../../evil": "leaves the bundle with .., instead of staying below it",
    "/scenario/evil": "has an absolute name, instead of one below the bundle",
    "C:/evil": "names a drive, instead of a place below the bundle",
    "scenario/c:evil": "names a drive, instead of a place below the bundle",
    "scenario//evil": "is a folder or has an empty part in its name, instead of being a file",
    "scenario/./evil": "is a folder or has an empty part in its name, instead of being a file",
    "scenario/folder/": "is a folder or has an empty part in its name, instead of being a file",
    "scenario/\x1b[2Jevil": "has a name that does not print, such as with NUL, instead of plain text",
    "scenario/" + "a" * 200: "has a name of more than 200 characters or 10 folders, instead of a shorter one",
    "scenario/" + "a/" * 10 + "b": "has a name of more than 200 characters or 10 folders, instead of a shorter one",
    "evil.py": "is nothing that a bundle has, instead of one of: "
    "manifest.json, config.json, journal.ndjson, scenario/, report/",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stays_below_the_bundle(tmp_path: Path, name: str) -> None:
    assert refusal(with_file(tmp_path / "b", name)) == f"its member {name!r:.80} {NAMES[name]}"


def test_a_backslash_is_no_way_out(tmp_path: Path) -> None:
    path = renamed(with_file(tmp_path / "b", "scenario/..+evil"), b"..+evil", b"..\\evil")
    assert refusal(path) == r"its member 'scenario/..\\evil' has a backslash in its name, instead of /"


def test_nul_does_not_cut_a_name(tmp_path: Path) -> None:
    path = renamed(with_file(tmp_path / "b", "scenario/a+evil"), b"a+evil", b"a\0evil")
    assert refusal(path) == (
        r"its member 'scenario/a\x00evil' has a name that does not print, such as with NUL, instead of plain text"
    )


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (stat.S_IFLNK, "is a symbolic link, instead of a file"),
        (stat.S_IFIFO, "is a device or folder, instead of a file"),
        (stat.S_IFCHR, "is a device or folder, instead of a file"),
        (stat.S_IFDIR, "is a device or folder, instead of a file"),
    ],
)
def test_only_files(tmp_path: Path, kind: int, sentence: str) -> None:
    path = with_file(tmp_path / "b", linked("scenario/link", kind), b"/etc/passwd")
    assert refusal(path) == f"its member 'scenario/link' {sentence}"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_once(tmp_path: Path) -> None:
    path = with_file(tmp_path / "b", "scenario/busy.yaml", b"another")
    assert refusal(path) == "its member 'scenario/busy.yaml' is there twice, instead of once"


@pytest.mark.parametrize("name", ["scenario/BUSY.yaml", "scenario/Busy.yaml"])
def test_names_that_differ_in_case(tmp_path: Path, name: str) -> None:
    path = with_file(tmp_path / "b", name)
    assert refusal(path) == (
        f"its members 'scenario/busy.yaml' and {name!r} are one file on some machines, instead of two"
    )


@pytest.mark.parametrize("name", ["scenario/busy.yaml/more", "scenario/BUSY.yaml/a/b"])
def test_a_file_is_no_folder(tmp_path: Path, name: str) -> None:
    path = with_file(tmp_path / "b", name)
    assert refusal(path) == ("its member 'scenario/busy.yaml' is a file and a folder at once, instead of one of them")


def test_names_that_differ_in_form_of_unicode(tmp_path: Path) -> None:
    path = zipped(tmp_path / "b", [*members(), ("scenario/\u00e9", b""), ("scenario/e\u0301", b"")])
    assert "are one file on some machines, instead of two" in refusal(path)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = with_file(tmp_path / "b", "scenario/bomb", bytes(1024 * 1024))
    assert refusal(path) == (
        "its member 'scenario/bomb' unpacks to more than 200 times its size, instead of what a story needs: a zip bomb"
    )


def test_a_member_has_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_reading, "LARGEST_MEMBER", 5000)
    path = with_file(tmp_path / "b", "scenario/big", bytes(5001))
    assert refusal(path) == "its member 'scenario/big' unpacks to 5001 bytes, instead of at most 0 MiB"


def test_all_members_have_one_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_reading, "LARGEST_TOTAL", 1024)
    assert refusal(with_file(tmp_path / "b", "scenario/big", bytes(5000))).endswith(" bytes, instead of at most 0 MiB")


def test_the_file_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_reading, "LARGEST_FILE", 10)
    path = zipped(tmp_path / "b", members())
    assert refusal(path) == f"{path.stat().st_size} bytes long, instead of at most 0 MiB"


def test_so_many_members(tmp_path: Path) -> None:
    path = zipped(tmp_path / "b", [*members(), *((f"scenario/{n}", b"") for n in range(200))])
    assert refusal(path) == "it has 204 members, instead of at most 200"


def test_a_directory_that_lies_about_a_size(tmp_path: Path) -> None:
    path = told_size(with_file(tmp_path / "b", "scenario/liar", b"x" * 1000), b"scenario/liar", 10)
    assert refusal(path) == "no zip file that can be read: \"Bad CRC-32 for file 'scenario/liar'\""


def test_members_that_lie_over_each_other(tmp_path: Path) -> None:
    path = with_file(tmp_path / "b", ZipInfo("scenario/aaaa"), b"0123456789" * 100)
    raw = path.read_bytes()
    start = raw.rindex(b"PK\x01\x02")
    entry = raw[start : raw.index(b"PK\x05\x06")]
    twins = [entry.replace(b"/aaaa", f"/{n:04}".encode()) for n in range(150)]
    end = bytearray(raw[raw.index(b"PK\x05\x06") :])
    count = int.from_bytes(end[8:10], "little") + len(twins)
    end[8:10] = end[10:12] = count.to_bytes(2, "little")
    size = int.from_bytes(end[12:16], "little") + sum(map(len, twins))
    end[12:16] = size.to_bytes(4, "little")
    path.write_bytes(raw[: raw.index(b"PK\x05\x06")] + b"".join(twins) + bytes(end))
    assert refusal(path) == "its members lie over each other, instead of one after the other"


def test_no_archives_inside(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner", members()).read_bytes()
    path = with_file(tmp_path / "b", "scenario/inner.zip", inner)
    assert refusal(path) == "its member 'scenario/inner.zip' is an archive itself, instead of text"


def test_no_encryption_and_no_rare_compression(tmp_path: Path) -> None:
    path = with_file(tmp_path / "b", "scenario/locked")
    raw = bytearray(path.read_bytes())
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 8] |= 1
    path.write_bytes(bytes(raw))
    assert refusal(path) == "its member 'scenario/locked' is encrypted, instead of readable"
    info = ZipInfo("scenario/rare")
    info.compress_type = ZIP_BZIP2
    assert (
        refusal(with_file(tmp_path / "c", info))
        == "its member 'scenario/rare' is compressed by method 12, instead of deflated"
    )


def test_what_is_no_zip(tmp_path: Path) -> None:
    path = tmp_path / "b"
    path.write_bytes(b"\x1b[2J no zip")
    assert refusal(path) == "no zip file that can be read: 'File is not a zip file'"
    assert refusal(tmp_path / "nobody") == "cannot be read: No such file or directory"


def test_a_zip_that_is_cut(tmp_path: Path) -> None:
    path = zipped(tmp_path / "b", members())
    whole = path.read_bytes()
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        assert refusal(path)


def test_any_byte_may_be_wrong(tmp_path: Path) -> None:
    """Whatever is flipped: it is read, or refused in a sentence."""
    path = zipped(tmp_path / "b", members())
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            read(path)
        except BundleError as wrong:
            assert str(wrong).isprintable()  # noqa: PT017 - either ending is right


MANIFESTS: dict[str, tuple[Callable[[], list], str]] = {
    "none": (lambda: members()[1:], "it has no manifest.json, instead of being a bundle that `pnsim run` wrote"),
    "no config": (
        lambda: [one for one in members() if one[0] != "config.json"],
        "it has no config.json, instead of being a bundle that `pnsim run` wrote",
    ),
    "format": (lambda: members({"format": "zip"}), "its manifest says format 'zip', instead of 'pnsim.bundle'"),
    "version": (
        lambda: members({"version": 2}),
        (
            f"a bundle of version 2, instead of 1, which this pnsim reads; "
            f"it was made with pnsim {MANIFEST.made_with.pnsim!r}: play it with that"
        ),
    ),
    "seed": (lambda: members({"seed": -1}), "its manifest.seed is -1, instead of 0 to 2147483647"),
    "seed text": (lambda: members({"seed": "7"}), "its manifest.seed is '7', instead of a whole number"),
    "flag": (lambda: members({"strict": 1}), "its manifest.strict is 1, instead of true or false"),
    "timeout": (
        lambda: members({"answer_timeout": 1e9}),
        "its manifest.answer_timeout is 1e+09, instead of 0.001 to 3600 seconds",
    ),
    "settings": (lambda: members({"settings": [1]}), "its manifest.settings is [1], instead of a list of texts"),
    "unknown": (
        lambda: members({"exec": "rm"}),
        "its manifest has 'exec', instead of only: " + ", ".join(list(MANIFEST.as_json())[2:]),
    ),
    "file": (lambda: members({"file": "../a"}), "its manifest plays '../a', which is not in it"),
    "made_with": (lambda: members({"made_with": []}), "its manifest.made_with is [], instead of a table"),
}


@pytest.mark.parametrize("case", MANIFESTS)
def test_a_manifest_is_checked(tmp_path: Path, case: str) -> None:
    inside, sentence = MANIFESTS[case]
    assert refusal(zipped(tmp_path / "b", inside())) == sentence


def test_json_that_is_none(tmp_path: Path) -> None:
    inside = [("manifest.json", b"[" * 20_000), *members()[1:]]
    assert refusal(zipped(tmp_path / "b", inside)).startswith("its manifest.json is no JSON: ")
    inside = [("manifest.json", b"[]"), *members()[1:]]
    assert refusal(zipped(tmp_path / "b", inside)) == "its manifest.json is no table, instead of { … }"


def test_a_right_bundle_by_hand(tmp_path: Path) -> None:
    assert read(zipped(tmp_path / "b", members())).scenario == {"busy.yaml": STORY.encode()}
