"""Memory of `pnsim replay` while it sends a large journal: the same after a tenth of it and at its end.

`python -m benchmarks.replaying [MEGABYTES]`; the journal is made first, calls of five events and a CDR each.
"""

import asyncio
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop

from benchmarks.processes import folder
from benchmarks.sink import Sink
from simulator.contract.schemas import load
from simulator.replay.from_journal import APPLICATION_ID, USER_VERSION

MEGABYTES = 500
ALLOWED_MEGABYTES = 10.0
AT = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = ("callin", "callout", "alerting", "answer", "disconnect", "fee")
TABLE = (
    "CREATE TABLE rows(position INTEGER PRIMARY KEY, at TEXT, kind TEXT, app_key TEXT, call_id TEXT, message_id TEXT, "
    "row BLOB)"
)
HEADERS = [
    ["content-type", "application/json;charset=UTF-8"],
    ["authorization", 'AKSK realm="SDP",profile="UsernameToken",type="Appkey"'],
    ["x-aksk", f'UsernameToken Username="axb-demo",PasswordDigest="{"*" * 44}",Nonce="1f",Created="2026-01-01T00:00:00Z"'],
]  # fmt: skip


class Counting(Sink):
    """A receiver that says yes, and after how many requests it was asked."""

    asked = 0

    def data_received(self, data: bytes) -> None:
        Counting.asked += data.count(b"POST /")
        super().data_received(data)


def write_journal(path: Path, megabytes: int) -> int:
    """A journal of that size; how many requests it has."""
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {USER_VERSION}")
    connection.execute(TABLE)
    requests, rows = 0, _rows()
    while not path.exists() or path.stat().st_size < megabytes * 1024 * 1024:
        portion = [next(rows) for _ in range(10_000)]
        connection.executemany("INSERT INTO rows VALUES (?, ?, ?, 'axb-demo', ?, NULL, ?)", portion)
        connection.commit()
        requests += len(portion) // 2
    connection.close()
    return requests


def _rows() -> Iterator[tuple[int, str, str, str, bytes]]:
    bodies = [json.dumps(load(f"notifications/axb/{kind}")["examples"][0], separators=(",", ":")) for kind in KINDS]
    position = 0
    while True:
        call = position // (2 * len(KINDS))
        for kind, body in zip(KINDS, bodies, strict=True):
            at = f"{AT + timedelta(milliseconds=5 * position):%Y-%m-%dT%H:%M:%S.%fZ}"
            shared = {
                "at": at,
                "app_key": "axb-demo",
                "call_id": f"c{call}",
                "delivery_id": f"d{position}",
                "number": 1,
            }
            text = body.replace("1200_", f"{call:08}_")
            started = {
                "url": "http://127.0.0.1:9000/status",
                "headers": HEADERS,
                "body": text,
                "notification_kind": kind,
            }
            for name, members in (
                ("attempt_started", started),
                ("attempt_ended", {"status": 200, "wall_seconds": 0.001}),
            ):
                position += 1
                row = {"position": position, "kind": name, **shared, **members}
                yield position, at, name, f"c{call}", json.dumps(row).encode()


def resident_megabytes(pid: int) -> float:
    """What a process holds in memory, files that it maps not counted."""
    resident, shared = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1:3]
    return (int(resident) - int(shared)) * 4096 / 1024 / 1024


async def _measure(journal: Path, requests: int) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Counting(mute=False), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    words = ("replay", str(journal), "--receiver", f"http://127.0.0.1:{port}", "--asap", "--renew", "--expect-same")
    began = time.monotonic()
    process = _started(words)
    first = await _after(requests // 10, process)
    begun_sending = time.monotonic()
    last = await _after(requests - 100, process)
    sent = 0.9 * requests / (time.monotonic() - begun_sending)
    output, _ = await asyncio.to_thread(process.communicate)
    print(output.strip())
    print(
        f"replay of {journal.stat().st_size / 1024 / 1024:.0f} MB, {requests:,} requests: {first:.1f} MB held after a tenth, "
        f"{last:.1f} MB at the end (aim: at most {ALLOWED_MEGABYTES:g} MB more); {sent:,.0f} requests a second; "
        f"{time.monotonic() - began:.0f} s in all"
    )
    server.close()
    if process.returncode or last - first > ALLOWED_MEGABYTES:
        raise SystemExit("the replay failed, or its memory grew")


def _started(words: tuple[str, ...]) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-m", "simulator", *words], stdout=subprocess.PIPE, text=True)


async def _after(count: int, process: "subprocess.Popen[str]") -> float:
    """What the process holds when so many requests have come."""
    while Counting.asked < count and process.poll() is None:  # noqa: ASYNC110 - another process cannot set an event of ours
        await asyncio.sleep(0.005)
    return resident_megabytes(process.pid) if process.poll() is None else float("nan")


if __name__ == "__main__":
    with folder() as place:
        journal = place / "journal.db"
        uvloop.run(_measure(journal, write_journal(journal, int(sys.argv[1]) if len(sys.argv) > 1 else MEGABYTES)))
