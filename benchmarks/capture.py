"""What `pnsim capture` adds to an answer: the same POST directly and through the proxy, alternated in one run."""

import asyncio
import json
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import uvloop

from benchmarks.processes import LOAD_CORE, SERVER_CORE, child, cpu_seconds, folder, on_core, wait_for
from simulator.contract.schemas import load

PAIRS = 3_000
WARM_UP = 300
AIM_MS = 1.0
SIGNED = (
    'Authorization: AKSK realm="SDP",profile="UsernameToken",type="Appkey"\r\n'
    'X-AKSK: UsernameToken Username="axb-demo",PasswordDigest="q1w2e3r4t5y6u7i8o9p0q1w2e3r4t5y6u7i8o9p0AAA=",'
    'Nonce="66C92B11FF8A425FB8D4CCFE0ED9ED1F",Created="2026-01-01T00:00:00Z"\r\n'
)


def _request() -> bytes:
    body = json.dumps(load("notifications/axb/disconnect")["examples"][1]).encode()
    head = "POST /status HTTP/1.1\r\nHost: customer\r\nContent-Type: application/json\r\n"
    head += f"{SIGNED}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Asker:
    """One keep-alive connection that is asked one thing after the other."""

    async def connect(self, port: int) -> "Asker":
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
        return self

    async def ask(self, request: bytes) -> float:
        """Seconds to the answer's last byte."""
        started = time.perf_counter()
        self._writer.write(request)
        await self._reader.readuntil(b"\r\n\r\n")
        return time.perf_counter() - started

    def close(self) -> None:
        self._writer.close()


async def _alternate(direct_port: int, proxy_port: int, proxy_pid: int) -> tuple[list[float], list[float], float]:
    request = _request()
    direct, proxied = await Asker().connect(direct_port), await Asker().connect(proxy_port)
    for _ in range(WARM_UP):
        await direct.ask(request)
        await proxied.ask(request)
    before = cpu_seconds(proxy_pid)
    times: tuple[list[float], list[float]] = [], []
    for _ in range(PAIRS):
        times[0].append(await direct.ask(request))
        times[1].append(await proxied.ask(request))
    cpu = cpu_seconds(proxy_pid) - before
    direct.close()
    proxied.close()
    return *times, cpu


def _measure(place: Path, title: str, *options: str) -> None:
    sink_ready, ready = place / f"sink-{title}.json", place / f"proxy-{title}.json"
    with ExitStack() as stack:
        sink = stack.enter_context(child(["-m", "benchmarks.sink", str(sink_ready)], LOAD_CORE, sink_ready))
        port = int(wait_for(sink_ready, sink)["port"])
        command = ["-m", "simulator", "capture", "--listen", ":0", "--forward", f"http://127.0.0.1:{port}",
                   "--output", str(place / f"{title}.ndjson"), "--ready-file", str(ready), *options]  # fmt: skip
        proxy = stack.enter_context(child(command, SERVER_CORE, ready))
        # what it shows is read, as a terminal would
        assert proxy.stdout is not None
        stack.enter_context(_drained(proxy.stdout.fileno()))
        proxy_port = int(wait_for(ready, proxy)["proxy"].rpartition(":")[2])
        direct, proxied, cpu = uvloop.run(_alternate(port, proxy_port, proxy.pid))
    added = (median(proxied) - median(direct)) * 1000
    p99 = (sorted(proxied)[len(proxied) * 99 // 100] - sorted(direct)[len(direct) * 99 // 100]) * 1000
    verdict = "ok" if added <= AIM_MS else "MISSED"
    print(
        f"  {title:<10} direct {median(direct) * 1000:6.3f} ms  through the proxy {median(proxied) * 1000:6.3f} ms  "
        f"added {added:+.3f} ms (aim ≤ {AIM_MS:g}: {verdict})  p99 {p99:+.3f} ms  CPU {cpu / PAIRS * 1e6:.0f} µs an exchange"
    )


class _drained:  # noqa: N801 - a context manager that reads as a word
    def __init__(self, descriptor: int) -> None:
        import os
        import threading

        copy = os.dup(descriptor)

        def read() -> None:
            while os.read(copy, 65536):
                pass
            os.close(copy)

        self._thread = threading.Thread(target=read, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        return None


def main() -> None:
    """Plain and masked."""
    on_core(LOAD_CORE)
    print(
        f"capture: a signed notification of a call, one after the other, {PAIRS} pairs; every exchange recorded and shown"
    )
    with folder() as place:
        _measure(place, "plain")
        _measure(place, "masked", "--mask")


if __name__ == "__main__":
    main()
