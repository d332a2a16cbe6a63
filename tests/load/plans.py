"""Plans for tests: short, with a merge window that a test can wait for."""

from simulator.config.demo import demo_app
from simulator.load.plan import Plan
from simulator.scenario.judging import PATHS

BUSY = """\
scenario: busy
title: A calls B, who is on the phone
app: {profile: {merge_window_seconds: 0.05}}
cast: {A: mobile, B: mobile, X: number}
steps:
  - bind: {caller: A, callee: B, number: X}
  - call: {caller: A, dialled: X, outcome: busy}
"""
TWICE = BUSY + "  - call: {caller: B, dialled: X, outcome: refused}\n"


def plan(text: str = BUSY, url: str = "http://127.0.0.1:9", mode: str = "AXB", **members: object) -> Plan:
    """A plan for the demo application of a mode, told at `url`."""
    app = demo_app(mode)
    body = {"app_key": app.app_key, "app_secret": app.app_secret, "mode": mode, "sms": app.sms}
    body["receivers"] = {slot: f"{url}/{path}" for slot, path in PATHS.items()}
    given = {"casts": 3, "rate": 50.0, "seconds": 0.2, "seed": 7, **members}
    return Plan(file="busy.yaml", text=text, app=body, **given)
