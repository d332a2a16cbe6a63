"""`make bench`: three figures, each a ratio of things measured side by side in one run, medians of alternated rounds."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import uvloop

from benchmarks.load import binds, press
from benchmarks.processes import LOAD_CORE, SERVER_CORE, child, cpu_seconds, folder, middle, on_core, wait_for

ROUNDS = 7
ROUND_SECONDS = 2.0
CONNECTIONS = 32
CALLS = 2_000
PATH = "/rest/caas/relationnumber/partners/v1.0"
HEADERS = (
    b"Content-Type: application/json;charset=UTF-8\r\n"
    b'Authorization: AKSK realm="SDP",profile="UsernameToken",type="Appkey"\r\n'
    b'X-AKSK: UsernameToken Username="bench", PasswordDigest="%s", Nonce="66C92B11FF8A425FB8D4CCFE0ED9ED1F", Created="%s"\r\n'
)
X_NUMBERS = [f"+8613800{number:06d}" for number in range(2000)]
CONFIG = """
[server]
port = 0
control_port = 0
[profile]
api_connections = "keep_alive"
[[apps]]
app_key = "bench"
app_secret = "bench-secret"
numbers = [%s]
"""


def _signed_headers() -> bytes:
    from simulator.delivery.signature import aksk_digest

    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    digest = aksk_digest("bench-secret", "66C92B11FF8A425FB8D4CCFE0ED9ED1F", created)
    return HEADERS % (digest.encode(), created.encode())


@contextmanager
def _ours(place: Path) -> Iterator[tuple[int, int]]:
    """`pnsim serve`, keep-alive; its port and process id."""
    config, ready = place / "bench.toml", place / "serve.json"
    numbers = ", ".join(f'{{ number = "{number}", area_code = "0755" }}' for number in X_NUMBERS)
    config.write_text(CONFIG % numbers, encoding="utf-8")
    with child(
        ["-m", "simulator", "serve", "--config", str(config), "--ready-file", str(ready)], SERVER_CORE, ready
    ) as process:
        yield int(wait_for(ready, process)["api"].rpartition(":")[2]), process.pid


@contextmanager
def _bare(place: Path) -> Iterator[tuple[int, int]]:
    ready = place / "bare.json"
    with child(["-m", "benchmarks.bare", str(ready)], SERVER_CORE, ready) as process:
        yield int(wait_for(ready, process)["port"]), process.pid


@contextmanager
def _mountebank(place: Path) -> Iterator[tuple[int, int]]:
    """mountebank with one static stub, where `mb` is installed."""
    port, imposters, pid_file = 4646, place / "imposters.json", place / "mb.pid"
    stub = {"responses": [{"is": {"statusCode": 200, "body": '{"resultcode":"0"}'}}]}
    imposter = {"port": port, "protocol": "http", "stubs": [{**stub, "predicates": [{"equals": {"path": PATH}}]}]}
    imposters.write_text(json.dumps({"imposters": [imposter]}), encoding="utf-8")
    command = [
        "mb", "--port", "2626", "--host", "127.0.0.1", "--configfile", str(imposters), "--pidfile", str(pid_file),
        "--nologfile", "--loglevel", "error",
    ]  # fmt: skip
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=place,
        preexec_fn=lambda: on_core(SERVER_CORE),
    )
    try:
        until = time.monotonic() + 30
        while not pid_file.exists() and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def _api(place: Path) -> None:
    print(
        f"\nAPI: authenticated AXB bind, {CONNECTIONS} keep-alive connections, {ROUNDS} rounds of {ROUND_SECONDS:g} s"
    )
    headers = _signed_headers()
    with ExitStack() as stack:
        servers = {"pnsim": stack.enter_context(_ours(place)), "bare aiohttp": stack.enter_context(_bare(place))}
        if shutil.which("mb"):
            servers["mountebank"] = stack.enter_context(_mountebank(place))
        else:
            print("  (mountebank is not installed: `npm install -g mountebank`, then it is measured too)")
        requests = {name: binds(PATH, headers, X_NUMBERS) for name in servers}
        rates: dict[str, list[float]] = {name: [] for name in servers}
        costs: dict[str, list[float]] = {name: [] for name in servers}
        for round_number in range(ROUNDS + 1):
            for name, (port, pid) in servers.items():
                before = cpu_seconds(pid)
                good, bad, seconds = uvloop.run(press(port, requests[name], ROUND_SECONDS, CONNECTIONS))
                if bad or not good:
                    raise SystemExit(f"{name}: {bad} bad answers, {good} good ones")
                if round_number:  # the first round only warms up
                    rates[name].append(good / seconds)
                    costs[name].append((cpu_seconds(pid) - before) / good * 1e6)
    for name in servers:
        print(f"  {name:14} {middle(rates[name]):9,.0f} r/s   {middle(costs[name]):6.1f} CPU µs each")
    for name in list(servers)[1:]:
        ratio = middle([ours / theirs for ours, theirs in zip(rates["pnsim"], rates[name], strict=True)])
        aim = {"bare aiohttp": 0.5, "mountebank": 3.5}[name]
        print(f"  pnsim / {name}: {ratio:.2f} x (aim ≥ {aim})")


def _pushing(place: Path) -> None:
    print(f"\nNotifications: built, checked, signed, journaled, acknowledged; 50 connections, {ROUNDS} rounds")
    ready = place / "sink.json"
    with child(["-m", "benchmarks.sink", str(ready)], LOAD_CORE, ready) as sink:
        port = wait_for(ready, sink)["port"]
        sender = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.pushing", str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: on_core(SERVER_CORE),
        )  # fmt: skip
        rates: dict[str, list[float]] = {"ours": [], "bare": []}
        costs: dict[str, list[float]] = {"ours": [], "bare": []}
        assert sender.stdin is not None
        assert sender.stdout is not None
        for round_number in range(ROUNDS + 1):
            for who, number in (("ours", CALLS), ("bare", CALLS * 5)):
                sender.stdin.write(f"{who} {number}\n")
                sender.stdin.flush()
                result = json.loads(sender.stdout.readline())
                if round_number:
                    rates[who].append(result["done"] / result["wall"])
                    costs[who].append(result["cpu"] / result["done"] * 1e6)
        sender.stdin.close()
        sender.wait(timeout=30)
    for who, name in (("ours", "pnsim, whole"), ("bare", "ClientSession")):
        print(f"  {name:14} {middle(rates[who]):9,.0f} /s    {middle(costs[who]):6.1f} CPU µs each")
    ratio = middle([ours / bare for ours, bare in zip(rates["ours"], rates["bare"], strict=True)])
    print(f"  pnsim / ClientSession: {ratio:.2f} x (aim ≥ 2)")


def _starting(place: Path) -> None:
    print(f"\nStart: from the command to the ready file, {ROUNDS} starts")
    ready, seconds, imports = place / "start.json", [], []
    # as installed: pip compiles what it installs, and a first start compiles the rest
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(place / "bytecode")
    for round_number in range(ROUNDS + 1):
        ready.unlink(missing_ok=True)
        started = time.perf_counter()
        command = ["-m", "simulator", "serve", "--port", "0", "--control-port", "0", "--ready-file", str(ready)]
        with child(command, SERVER_CORE, ready):
            starting = time.perf_counter() - started
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import aiohttp.web"], check=True)
        importing = time.perf_counter() - started
        if round_number:  # the first round only compiles
            seconds.append(starting)
            imports.append(importing)
    ratio = middle(seconds) / middle(imports)
    print(f"  pnsim serve    {middle(seconds):.2f} s to ready (aim ≤ 0.5), {ratio:.1f} x `import aiohttp.web`")


def main() -> None:
    """Measure and print."""
    on_core(LOAD_CORE)
    with folder() as place:
        for part in (_starting, _api, _pushing):
            if len(sys.argv) == 1 or part.__name__.strip("_") in sys.argv[1:]:
                part(place)


if __name__ == "__main__":
    asyncio.set_event_loop_policy(None)
    main()
