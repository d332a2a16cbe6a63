"""Recordings (recording_auth_codes.md 1): their address, the file behind it, and how long either lasts."""

import io
import struct
import subprocess
from pathlib import Path
from shutil import which

import pytest

from simulator.api import wav
from simulator.api.desk import ADDRESSES_KEPT, Addresses
from simulator.api.recordings import beginning_in_cdr
from simulator.clock.story import FIRST_INSTANT
from tests.api.served import OTHER_KEY, OTHER_SECRET, RECORDING, Got, Platform, platform_with, raw_request, signed

DAY = 86_400


async def follow(platform: Platform, got: Got) -> Got:
    path = got.headers["Location"].removeprefix(f"http://127.0.0.1:{platform.port}")
    return await platform.ask("GET", path, {})


async def test_the_answer_is_301_with_a_location_and_an_empty_body(platform: Platform) -> None:
    recording = await platform.recorded()
    got = await platform.address_of(recording)
    assert (got.status, got.body, got.headers["Content-Length"]) == (301, b"", "0")
    assert got.headers["Location"] == f"http://127.0.0.1:{platform.port}/recordings/{recording.token}/{recording.name}"
    assert platform.last()["operation"] == "recording_address"


@pytest.mark.parametrize(("host", "led_to"), [("0.0.0.0", "platform"), ("127.0.0.1", "127.0.0.1:{port}")])
async def test_the_location_of_a_platform_on_every_address_is_where_the_client_asked(host: str, led_to: str) -> None:
    async with platform_with(host) as everywhere:
        got = await everywhere.address_of(await everywhere.recorded())
        assert got.headers["Location"].startswith(f"http://{led_to.format(port=everywhere.port)}/recordings/")


async def test_the_file_is_a_law_of_the_calls_length_and_needs_no_signature(platform: Platform) -> None:
    recording = await platform.recorded(seconds=12)
    got = await follow(platform, await platform.address_of(recording))
    assert (got.status, got.headers["Content-Type"]) == (200, "audio/x-wav")
    assert int(got.headers["Content-Length"]) == len(got.body) == 58 + 12 * 8000
    row = platform.last()
    assert (row["operation"], row["app_key"], row["answer"]) == ("recording_download", "a1key", "")


async def test_a_recording_is_there_for_seven_days_and_its_address_too(platform: Platform) -> None:
    recording = await platform.recorded()
    address = await platform.address_of(recording)
    assert recording.deleted_at is not None
    await platform.story.advance((recording.deleted_at - platform.exchange.now()).total_seconds() - 1)
    assert (await follow(platform, address)).status == 200
    await platform.story.advance(1)
    assert (await follow(platform, address)).status == 404
    got = await platform.address_of(recording)
    assert (got.status, got.code, got.sentence) == (403, "1012007", "The record does not exist.")


async def test_an_address_can_be_made_to_last_less_than_its_recording(platform: Platform) -> None:
    platform.set_profile(recording_link_seconds=1800)
    recording = await platform.recorded()
    address = await platform.address_of(recording)
    await platform.story.advance(1799)
    assert (await follow(platform, address)).status == 200
    await platform.story.advance(1)
    assert (await follow(platform, address)).status == 404
    assert "older than the 1800 s" in str(platform.last()["refusal"])
    assert (await follow(platform, await platform.address_of(recording))).status == 200


@pytest.mark.parametrize(
    ("query", "code", "sentence"),
    [
        ("", "1010002", "Invalid request.recordDomain is missing."),
        ("recordDomain=ostor.huawei.com", "1010002", "Invalid request.fileName is missing."),
        ("recordDomain=ostor.huawei.com&fileName=", "1010002", "Invalid request.fileName is missing."),
        ("recordDomain=ostor.huawei.com&fileName=other.wav", "1012007", "The record does not exist."),
        ("recordDomain=elsewhere.com&fileName={name}", "1012007", "The record does not exist."),
        (f"recordDomain=o&fileName={'x' * 129}", "1010002", "Invalid request.fileName is invalid."),
    ],
)
async def test_what_is_wrong_with_a_request_for_an_address(
    platform: Platform, query: str, code: str, sentence: str
) -> None:
    recording = await platform.recorded()
    got = await platform.ask("GET", f"{RECORDING}?{query.replace('{name}', recording.name)}")
    assert (got.status, got.code, got.sentence) == (403, code, sentence)


async def test_another_application_has_no_address_of_it(platform: Platform) -> None:
    recording = await platform.recorded()
    assert (await platform.address_of(recording, signed(OTHER_KEY, OTHER_SECRET))).code == "1012007"


async def test_an_application_without_recording_gets_1012012(platform: Platform) -> None:
    recording = await platform.recorded()
    platform.change(recording=False)
    assert (await platform.address_of(recording)).code == "1012012"


async def test_a_changed_address_leads_nowhere(platform: Platform) -> None:
    recording = await platform.recorded()
    for path in (
        f"/recordings/{recording.token}/other.wav",
        f"/recordings/x/{recording.name}",
        f"/recordings/{recording.token}",
    ):
        got = await platform.ask("GET", path, {})
        assert (got.status, got.headers["Content-Type"]) == (404, "text/html")
        assert platform.last()["operation"] == "recording_download"


async def test_head_of_a_recording_tells_its_length(platform: Platform) -> None:
    recording = await platform.recorded(seconds=12)
    raw = await platform.raw(raw_request("HEAD", f"/recordings/{recording.token}/{recording.name}", {}))
    assert b"\r\nContent-Length: 96058\r\n" in raw
    assert raw.endswith(b"\r\n\r\n")


def test_given_out_addresses_are_bounded() -> None:
    addresses = Addresses()
    for number in range(ADDRESSES_KEPT + 1):
        addresses.give(str(number), FIRST_INSTANT)
    assert not addresses.is_valid("0", FIRST_INSTANT, 60)
    assert addresses.is_valid("1", FIRST_INSTANT, 60)
    assert addresses.is_valid("0", FIRST_INSTANT, None)


# the file


@pytest.mark.parametrize("seconds", [0, 0.0001, 1, 3.4567, 61])
def test_the_header_tells_the_truth(seconds: float) -> None:
    file = b"".join(wav.pieces("x.wav", seconds))
    count = wav.samples(seconds)
    assert len(file) == wav.file_length(seconds) == 58 + count + count % 2
    riff, size, wave, fmt, fmt_size, law, channels, rate, bytes_a_second, block, bits = struct.unpack(
        "<4sI4s4sIHHIIHH", file[:36]
    )
    assert (riff, size, wave, fmt, fmt_size) == (b"RIFF", len(file) - 8, b"WAVE", b"fmt ", 18)
    assert (law, channels, rate, bytes_a_second, block, bits) == (6, 1, 8000, 8000, 1, 8)
    assert struct.unpack("<4sII4sI", file[38:58]) == (b"fact", 4, count, b"data", count)


def test_a_recording_of_a_day_comes_in_small_pieces() -> None:
    longest, total = 0, 0
    for piece in wav.pieces("x.wav", DAY):
        longest, total = max(longest, len(piece)), total + len(piece)
    assert total == wav.file_length(DAY) == 58 + DAY * 8000
    assert longest <= 65536


def test_a_length_beyond_the_format_is_cut() -> None:
    assert wav.file_length(10**7) < 2**32


@pytest.mark.parametrize(
    ("sample", "code"), [(0, 0xD5), (-1, 0x55), (8, 0xD5), (32767, 0xAA), (-32768, 0x2A), (1000, 0xFA), (-1000, 0x7A)]
)
def test_a_law_is_that_of_g_711(sample: int, code: int) -> None:
    assert wav.a_law(sample) == code


def test_recordings_differ_in_pitch_and_each_is_always_the_same() -> None:
    first, again, other = (b"".join(wav.pieces(name, 1)) for name in ("a.wav", "a.wav", "b.wav"))
    assert first == again != other


@pytest.mark.skipif(which("file") is None, reason="the program `file` is not installed here")
def test_the_program_file_recognises_it(tmp_path: Path) -> None:
    path = tmp_path / "recording.wav"
    with io.BytesIO(b"".join(wav.pieces("x.wav", 5))) as source:
        path.write_bytes(source.read())
    said = subprocess.run(["file", "-b", str(path)], capture_output=True, text=True, check=True).stdout.strip()
    assert said == "RIFF (little-endian) data, WAVE audio, ITU G.711 A-law, mono 8000 Hz"


@pytest.mark.skipif(which("soxi") is None, reason="the program `soxi` is not installed here; `.ci/run` installs it")
def test_the_program_soxi_recognises_it(tmp_path: Path) -> None:
    path = tmp_path / "recording.wav"
    path.write_bytes(b"".join(wav.pieces("x.wav", 5)))
    said = subprocess.run(["soxi", str(path)], capture_output=True, text=True, check=True).stdout
    for line in ("Channels       : 1", "Sample Rate    : 8000", "Duration       : 00:00:05.00", "8-bit A-law"):
        assert line in said


async def test_the_address_in_a_cdr_opens_at_once_and_as_long_as_the_recording_is_there(platform: Platform) -> None:
    platform.exchange.change_app(platform.app.app_key, features=frozenset(("recording_url",)))
    platform.set_profile(recording_link_seconds=1800)
    recording = await platform.recorded()
    assert recording.address is not None
    pushed = Got(301, {"Location": recording.address}, b"")
    assert (await follow(platform, pushed)).status == 200
    await platform.story.advance(6 * 86_400)
    assert (await follow(platform, pushed)).status == 200
    await platform.story.advance(86_400)
    assert (await follow(platform, pushed)).status == 404


@pytest.mark.parametrize(
    ("listens", "named"),
    [
        ("https://0.0.0.0:8080", "https://127.0.0.1:8080/recordings/t/a%20b.wav"),
        ("http://[::]:8080", "http://[::1]:8080/recordings/t/a%20b.wav"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/recordings/t/a%20b.wav"),
    ],
)
def test_a_server_that_listens_everywhere_names_itself_in_a_cdr(listens: str, named: str) -> None:
    assert beginning_in_cdr(listens) + "t/a%20b.wav" == named
