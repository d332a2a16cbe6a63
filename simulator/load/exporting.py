"""`pnsim export locust`: a locustfile that plays a scenario's calls under Locust's own master and workers."""

import json
from collections.abc import Mapping

from simulator import __version__
from simulator.load.measuring import printable
from simulator.load.plan import Plan

FILE = '''"""{name}: {title}

A load of the same calls that `pnsim load` plays, for Locust's own master and workers; written by `pnsim export locust`.

Every process needs  pip install 'privatenumber-simulator[locust]'  (written by {version}): bodies, their order and their
signatures come from it. The rest is in this file.

    locust -f {file} --host http://127.0.0.1:9000 --headless --users 200 --run-time 60s
    locust -f {file} --host http://127.0.0.1:9000 --headless --users 200 --run-time 60s --master --expect-workers 2
    locust -f {file} --worker

--host is your server; appended are {paths}.
A user is one start of the scenario a second, whether or not earlier calls have ended (PNSIM_STARTS_PER_USER: another
rate). Response times count from the instant at which a notification was to be sent. PNSIM_APP_SECRET is what application
{app_key} signs with.
"""

import os
import time

import gevent
from geventhttpclient.client import HTTPClientPool
from locust import FastHttpUser, constant_throughput, task

from simulator.load.plan import Plan
from simulator.load.pump import Pump

{secret}
STARTS_PER_USER = float(os.environ.get("PNSIM_STARTS_PER_USER", "1"))
CONNECTIONS = {connections}
PATHS = {slots}
SEED = int.from_bytes(os.urandom(3))  # each process draws numbers and ids of its own
APP = {app}
SETTINGS = {settings}
SCENARIO = (
{text}
)


# made now: binding the casts takes a moment that must not count as a part of the run
PUMP = Pump(Plan(file={file_name!r}, text=SCENARIO, app={{**APP, "app_secret": SECRET}}, seed=SEED, casts={casts},
                 settings=SETTINGS, edition={edition!r}))


class Caller(FastHttpUser):
    """Begins a start of the scenario at its rate; one greenlet sends for all of a process."""

    wait_time = constant_throughput(STARTS_PER_USER)
    client_pool = HTTPClientPool(concurrency=CONNECTIONS)
    connection_timeout = network_timeout = {answer_timeout}
    sending = None

    def on_start(self):
        if Caller.sending is None:
            PUMP.tell({{slot: self.host.rstrip("/") + "/" + path for slot, path in PATHS.items()}})
            Caller.sending = gevent.spawn(keep_sending, self.client)

    @task
    def begin(self):
        PUMP.begin()


def keep_sending(client):
    """Send what is due, each request in a greenlet of its own, for as long as the process lives."""
    while True:
        for parcel in PUMP.due():
            gevent.spawn(send, client, parcel)
        gevent.sleep(PUMP.seconds_to_next())


def send(client, parcel):
    """One request; Locust counts it under the kind of its notification, from when it was due."""
    started = time.perf_counter()
    with client.post(parcel.url, data=parcel.body, headers=parcel.headers, name=parcel.kind, allow_redirects=False,
                     catch_response=True) as answer:
        seconds = time.perf_counter() - started
        if answer.status_code:
            outcome = PUMP.answered(parcel, answer.status_code, answer.content or b"", seconds)
        else:
            outcome = PUMP.unanswered(parcel, str(answer.error), seconds)
        answer.request_meta["response_time"] = outcome.milliseconds
        if outcome.failure:
            answer.failure(outcome.failure)
        else:
            answer.success()
'''
OF_DEMO = 'SECRET = os.environ.get("PNSIM_APP_SECRET", {secret!r})'
OF_OTHERS = 'SECRET = os.environ["PNSIM_APP_SECRET"]  # of application {app_key}; it is not written here'


def locustfile(plan: Plan, name: str, title: str, paths: Mapping[str, str], *, demo: bool, file: str) -> str:
    """The file's text; a secret is written into it only where it is the demo application's, which everybody knows."""
    app = {key: value for key, value in plan.app.items() if key not in ("app_secret", "receivers")}
    secret = plan.app["app_secret"]
    profile = {**plan.settings, **plan.app.get("profile", {})}
    return FILE.format(
        name=name,
        title=_for_docstring(title),
        version=__version__,
        file=_for_docstring(file),
        paths=", ".join(f"/{path}" for path in paths.values()),
        app_key=_for_docstring(plan.app["app_key"]),
        secret=OF_DEMO.format(secret=secret) if demo else OF_OTHERS.format(app_key=plan.app["app_key"]),
        connections=plan.connections,
        slots=dict(paths),
        app=_literal(app),
        settings=_literal(plan.settings),
        text="\n".join(f"    {line!r}" for line in plan.text.splitlines(keepends=True)),
        file_name=plan.file,
        casts=plan.casts,
        edition=plan.edition,
        answer_timeout=profile.get("answer_timeout_seconds", 10.0),
    )


def _literal(value: object) -> str:
    """A JSON value as Python source."""
    return repr(json.loads(json.dumps(value)))


def _for_docstring(text: str) -> str:
    """Text from outside where it can end no docstring."""
    return printable(text).replace("\\", " ").replace('"', "'")
