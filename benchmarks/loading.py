"""Part of `make bench`: requests a second of `pnsim load`, everything included, side by side with bare senders.

Each round gives one process of a load more calls than it can send, a bare ClientSession loop, and Locust's FastHttpUser where it
is installed, the same kind of bytes; then two processes against one. A load's rate is that of its middle part, while it has more
than enough to do: calls arrive, are played, told, signed, checked, sent, journaled, measured.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.distributed import is_installed
from benchmarks.processes import LOAD_CORE, SERVER_CORE, child, cpu_seconds, folder, middle, on_core, wait_for
from simulator.config.demo import demo_app
from simulator.load.plan import Plan
from simulator.scenario.judging import PATHS

ROUNDS = 5
CALLS, SECONDS = 2_000, 0.5
BARE_POSTS = 10_000
LOCUST_SECONDS, LOCUST_USERS = 4, 50
MIDDLE = (0.15, 0.85)
AIMS = {"ClientSession": 2, "FastHttpUser": 4}
SCENARIO = """\
scenario: answered
title: A reaches B, who hangs up at once
cast: {A: mobile, B: mobile, X: number}
steps:
  - bind: {caller: A, callee: B, number: X}
  - call: {caller: A, dialled: X, rings: 0s, talks: 0s}
"""
LOCUSTFILE = """\
import json, os
from itertools import cycle
from locust import FastHttpUser, constant_throughput, task

BODIES = cycle([body.encode() for body in json.load(open(os.environ["BODIES"]))])
HEADERS = {"content-type": "application/json;charset=UTF-8", "x-sender": "axb-demo", "authorization": "A" * 150}

class Poster(FastHttpUser):
    @task
    def post(self):
        self.client.post("/status", data=next(BODIES), headers=HEADERS)
"""


def plan(port: int, calls: int) -> Plan:
    """So many calls, all due within half a second."""
    app = demo_app("AXB")
    receivers = {slot: f"http://127.0.0.1:{port}/{path}" for slot, path in PATHS.items()}
    members = {"app_key": app.app_key, "app_secret": app.app_secret, "mode": "AXB", "receivers": receivers}
    return Plan(
        file="answered.yaml", text=SCENARIO, app=members, seed=7, rate=calls / SECONDS, seconds=SECONDS, connections=50
    )


def loading(port: int, workers: int, core: int | None) -> tuple[float, float]:
    """Requests a second of so many processes, and CPU µs of one; each has as many calls."""
    whole = plan(port, CALLS * workers).changed(workers=workers)
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "simulator.cli.load_worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            preexec_fn=None if core is None else lambda: on_core(core),
        )
        for _ in range(workers)
    ]  # fmt: skip
    for index, process in enumerate(processes):
        assert process.stdin is not None
        process.stdin.write(whole.share(index).line())
        process.stdin.flush()
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    before = [cpu_seconds(process.pid) for process in processes]
    for process in processes:
        process.stdin.write(b"go\n")  # type: ignore[union-attr]  # it was looked at above
        process.stdin.flush()  # type: ignore[union-attr]  # as above
    accounts = _watched(processes)
    cpu = sum(cpu_seconds(process.pid) - used for process, used in zip(processes, before, strict=True))
    for process in processes:
        process.stdin.close()  # type: ignore[union-attr]  # as above
        process.wait(timeout=30)
    sent = sum(account[-1][1] for account in accounts)
    return sum(_slope(account) for account in accounts), cpu / sent * 1e6


def _watched(processes: Sequence[subprocess.Popen[bytes]]) -> list[list[tuple[float, int]]]:
    """When each had sent how many requests, from its own progress; the last is the result."""
    import threading

    accounts: list[list[tuple[float, int]]] = [[] for _ in processes]

    def follow(process: subprocess.Popen[bytes], account: list[tuple[float, int]]) -> None:
        for raw in process.stdout or ():
            line = json.loads(raw)
            standing = line.get("progress") or line["result"]
            account.append((time.perf_counter(), standing["requests"]))
            if "result" in line:
                return

    threads = [threading.Thread(target=follow, args=pair) for pair in zip(processes, accounts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return accounts


def _slope(account: Sequence[tuple[float, int]]) -> float:
    """Requests a second in the middle part."""
    whole = account[-1][1]
    inside = [(at, sent) for at, sent in account if MIDDLE[0] * whole <= sent <= MIDDLE[1] * whole]
    if len(inside) < 2:
        raise SystemExit("the load was over before it could be measured: raise CALLS")
    (began, first), (ended, last) = inside[0], inside[-1]
    return (last - first) / (ended - began)


def bare(sender: subprocess.Popen[str]) -> tuple[float, float]:
    """Posts a second of a ClientSession loop, and CPU µs of one."""
    assert sender.stdin is not None
    assert sender.stdout is not None
    sender.stdin.write(f"bare {BARE_POSTS}\n")
    sender.stdin.flush()
    result = json.loads(sender.stdout.readline())
    return result["done"] / result["wall"], result["cpu"] / result["done"] * 1e6


def fast_http_user(place: Path, port: int) -> tuple[float, float]:
    """Posts a second of Locust's FastHttpUser in one process, and CPU µs of one."""
    program = shutil.which("locust") or str(Path(sys.executable).with_name("locust"))
    users = ("--users", str(LOCUST_USERS), "--spawn-rate", str(LOCUST_USERS), "--run-time", f"{LOCUST_SECONDS}s")
    command = [program, "-f", str(place / "poster.py"), "--headless", "--host", f"http://127.0.0.1:{port}", *users]
    before = os.times()
    ended = subprocess.run(
        [*command, "--json", "--loglevel", "ERROR"], check=False, capture_output=True, text=True,
        env={**os.environ, "BODIES": str(place / "bodies.json")}, preexec_fn=lambda: on_core(SERVER_CORE),
    )  # fmt: skip
    after = os.times()
    rows = json.loads(ended.stdout[ended.stdout.index("[") :])
    posts = sum(row["num_requests"] for row in rows)
    seconds = max(row["last_request_timestamp"] for row in rows) - min(row["start_time"] for row in rows)
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return posts / seconds, used / posts * 1e6


def _bodies(place: Path) -> None:
    """The same kind of bytes, for Locust."""
    from simulator.app import assemble
    from simulator.load.stage import Stage, config_of

    simulator = assemble(config_of(plan(9, CALLS), "virtual"))
    stage = Stage(simulator.exchange, simulator.spec, plan(9, CALLS))
    for start in range(50):
        stage.dial(start, 0, simulator.exchange.now())
    bodies = [delivery.body.decode() for delivery in simulator.exchange.deliveries(limit=500)]
    (place / "bodies.json").write_text(json.dumps(bodies), encoding="utf-8")
    (place / "poster.py").write_text(LOCUSTFILE, encoding="utf-8")


def _senders(place: Path, port: int) -> None:
    print(f"\nLoad: one process, {CALLS:,} calls at once, against senders that only send; {ROUNDS} rounds")
    sender = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.pushing", str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        preexec_fn=lambda: on_core(SERVER_CORE),
    )  # fmt: skip
    measures = {"pnsim load": lambda: loading(port, 1, SERVER_CORE), "ClientSession": lambda: bare(sender)}
    if is_installed():
        _bodies(place)
        measures["FastHttpUser"] = lambda: fast_http_user(place, port)
    else:
        print("  (Locust is not installed: pip install 'privatenumber-simulator[locust]', then it is measured too)")
    measured = _alternated(measures)
    if sender.stdin is not None:
        sender.stdin.close()
    sender.wait(timeout=30)
    for name, found in measured.items():
        rate, cpu = middle([one[0] for one in found]), middle([one[1] for one in found])
        print(f"  {name:14} {rate:9,.0f} /s    {cpu:6.1f} CPU µs each")
    _ratios(measured)


def _alternated(measures: Mapping[str, Callable[[], tuple[float, float]]]) -> dict[str, list[tuple[float, float]]]:
    """Each in turn, round after round; the first round only warms up."""
    rounds = [{name: measure() for name, measure in measures.items()} for _ in range(ROUNDS + 1)]
    return {name: [one[name] for one in rounds[1:]] for name in measures}


def _ratios(measured: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    ours = measured["pnsim load"]
    for name, aim in AIMS.items():
        theirs = measured.get(name, ())
        if theirs:
            ratio = middle([mine[0] / other[0] for mine, other in zip(ours, theirs, strict=True)])
            print(f"  pnsim load / {name}: {ratio:.2f} x (aim ≥ {aim})")


def _processes(port: int) -> None:
    print(f"\nLoad: two processes against one, on all cores, the receiver included; {ROUNDS} rounds")
    one, two = [], []
    for round_number in range(ROUNDS + 1):
        rates = loading(port, 1, None)[0], loading(port, 2, None)[0]
        if round_number:
            one.append(rates[0])
            two.append(rates[1])
    print(f"  one {middle(one):9,.0f} /s    two {middle(two):9,.0f} /s")
    print(f"  two / one: {middle([both / alone for alone, both in zip(one, two, strict=True)]):.2f} x (aim ≥ 1.7)")


def main() -> None:
    """Measure and print; `senders` or `processes` as an argument measures only that."""
    with folder() as place:
        ready = place / "sink.json"
        with child(["-m", "benchmarks.sink", str(ready)], LOAD_CORE, ready) as sink:
            port = int(wait_for(ready, sink)["port"])
            if "processes" not in sys.argv[1:]:
                _senders(place, port)
            if "senders" not in sys.argv[1:]:
                _processes(port)


if __name__ == "__main__":
    main()
