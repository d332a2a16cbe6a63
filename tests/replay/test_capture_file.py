"""The capture's file: whole lines, bounded, private, one writer; credentials never reach it, and a full disk ends nothing."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from simulator.replay.capture_file import CaptureFile, UnusableFile
from simulator.replay.credentials import without_credentials
from simulator.replay.recorded import HEADER, Recorded
from tests.replay.proxied import OK, between, captured, raw_server
from tests.replay.test_capture_proxy import Scripted

AT = datetime(2026, 1, 1, tzinfo=UTC)
DIGEST = "q1w2e3r4t5y6u7i8o9p0q1w2e3r4t5y6u7i8o9p0AAA="
SIGNED = (
    ("Authorization", 'AKSK realm="SDP",profile="UsernameToken",type="Appkey"'),
    ("x-AKSK", f'UsernameToken Username="axb-demo",PasswordDigest="{DIGEST}",Nonce="n",Created="c"'),
)


def line(body: bytes = b"{}", headers=(), **more) -> Recorded:
    return Recorded(AT, "", "POST", "http://r/status", headers, body, 200, **more)


def test_a_new_file_is_for_its_owner_and_begins_with_its_head(tmp_path):
    file = CaptureFile(tmp_path / "c", 1 << 20)
    file.append(line())
    file.close()
    assert stat.S_IMODE((tmp_path / "c").stat().st_mode) == 0o600
    assert orjson.loads((tmp_path / "c").read_bytes().splitlines()[0]) == HEADER


def test_what_a_killed_program_left_unfinished_is_cut_off(tmp_path):
    path = tmp_path / "c"
    file = CaptureFile(path, 1 << 20)
    file.append(line(b"1"))
    file.close()
    path.write_bytes(path.read_bytes() + b'{"at": "2026-01')
    file = CaptureFile(path, 1 << 20)
    file.append(line(b"2"))
    file.close()
    assert [one.body for one in captured(path)] == [b"1", b"2"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"important\n", "{0} is there and is no capture: choose another file, nothing was written to it"),
        (b'{"format":"pnsim.capture","version":9}\n',
         "{0} is a capture of version 9; this pnsim writes 1: choose another file"),
    ],
)  # fmt: skip
def test_a_file_that_is_something_else_stays_as_it_is(tmp_path, content, sentence):
    path = tmp_path / "c"
    path.write_bytes(content)
    with pytest.raises(UnusableFile) as refused:
        CaptureFile(path, 1 << 20)
    assert str(refused.value) == sentence.format(path)
    assert path.read_bytes() == content


def test_a_second_capture_on_one_file_refuses(tmp_path):
    first = CaptureFile(tmp_path / "c", 1 << 20)
    with pytest.raises(UnusableFile, match="is being written by another capture: choose another file"):
        CaptureFile(tmp_path / "c", 1 << 20)
    first.close()


def test_at_its_limit_the_older_half_makes_room_and_is_counted(tmp_path):
    path, older = tmp_path / "c", tmp_path / "c.1"
    file = CaptureFile(path, 4000)
    for number in range(50):
        file.append(line(b"%d" % number))
        assert path.stat().st_size + (older.stat().st_size if older.exists() else 0) <= 4000
    file.close()
    bodies = [int(one.body) for one in captured(older) + captured(path)]
    assert bodies == list(range(50 - len(bodies), 50))
    assert file.dropped == 50 - len(bodies) > 0


def test_credentials_are_masked_wherever_they_stand():
    echoed = orjson.dumps({"headers": SIGNED[1][1], "digest": DIGEST})
    cookie = (("Set-Cookie", "sid=abc"), ("authorization", "Bearer abcdef"), ("Cookie", "sid=abc"))
    recorded = line(echoed, (*SIGNED, *cookie), answer_headers=cookie, answer=b"\xff" + DIGEST.encode())
    clean = without_credentials(recorded)
    text = orjson.dumps(clean.as_json()).decode()
    assert DIGEST not in text
    assert "abc" not in text.replace("UsernameToken", "")
    assert clean.headers[0] == SIGNED[0]
    assert clean.headers[1] == ("x-AKSK", SIGNED[1][1].replace(DIGEST, "*" * len(DIGEST)))
    assert clean.headers[2:] == (("Set-Cookie", "*" * 7), ("authorization", "Bearer ******"), ("Cookie", "*" * 7))
    assert len(clean.body) == len(echoed)
    assert clean.answer == b"\xff" + b"*" * len(DIGEST)
    plain = line(b'{"a": 1}')
    assert without_credentials(plain) == plain


async def test_the_receiver_gets_the_digest_that_the_file_has_not(tmp_path):
    request = f"POST / HTTP/1.1\r\n{SIGNED[1][0]}: {SIGNED[1][1]}\r\nContent-Length: 0\r\n\r\n".encode()
    receiver = Scripted((len(request), OK))
    async with (
        raw_server(receiver) as port,
        between(port, tmp_path / "c", judge=lambda whole: whole.headers[0][1]) as proxy,
    ):
        await proxy.say(request)
    assert receiver.got == [request]
    assert DIGEST.encode() not in proxy.path.read_bytes()
    ((shown, remark),) = proxy.shown
    assert DIGEST in remark
    assert shown.app_key == "axb-demo"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is a thing of Linux")
async def test_a_full_disk_ends_nothing_and_is_said_once(tmp_path):
    request = b"GET / HTTP/1.1\r\n\r\n"
    async with raw_server(Scripted((len(request), OK))) as port, between(port, Path("/dev/full")) as proxy:
        for _ in range(3):
            assert await proxy.say(request) == OK
    assert len(proxy.shown) == 3
    assert proxy.complaints == [
        "NOT RECORDED: /dev/full: No space left on device; the proxy goes on, and every line is tried anew"
    ]


async def test_a_mistake_in_one_exchange_does_not_end_the_recording(tmp_path):
    def odd(recorded):
        if recorded.body == b"odd":
            raise ValueError("boo")
        return recorded

    request = b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n"
    async with (
        raw_server(Scripted((len(request) + 3, OK))) as port,
        between(port, tmp_path / "c", changed=odd) as proxy,
    ):
        for body in (b"odd", b"fit"):
            await proxy.say(request + body)
    assert [one.body for one in proxy.lines()] == [b"fit"]
    assert proxy.complaints == ["NOT RECORDED: one exchange, by a mistake of pnsim: ValueError: boo"]
