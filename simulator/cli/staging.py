"""Where `pnsim run` plays: in a simulator of its own in this process, or in one that runs already."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from difflib import get_close_matches
from hashlib import blake2b

import click

from simulator import staging
from simulator.client.client import ControlClient
from simulator.client.errors import ControlError, Unreachable
from simulator.config.demo import demo_app
from simulator.config.values import AppOptions, Config
from simulator.scenario.asking import Credentials
from simulator.scenario.language import Scenario
from simulator.scenario.performance import Stage, Stager
from simulator.scenario.reaching import OutOfReach

LONGEST_KEY = 32


def chosen_app(config: Config, app_key: str | None, mode: str) -> AppOptions:
    """The application whose credentials are used: `--app`, else the configuration's first of the mode, else the demo's."""
    if app_key is None:
        return next((app for app in config.apps if app.mode == mode), demo_app(mode))
    found = next((app for app in config.apps if app.app_key == app_key), None)
    if found is None:
        known = [app.app_key for app in config.apps]
        near = get_close_matches(app_key, known, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        there = ", ".join(known) or "none"
        raise click.BadParameter(f"no application {app_key!r}; {hint}There are: {there}", param_hint="--app")
    return found


def in_process(config: Config, app_key: str | None, port: int = 0) -> Stager:
    """A fresh simulator for each scenario, in this process, its API on `port`."""
    return staging.in_process(config, lambda mode: chosen_app(config, app_key, mode), port)


def running(url: str, token: str, app: AppOptions | None) -> Stager:
    """The simulator whose control plane is at `url`; each scenario's application is named after it unless `app` is."""

    @asynccontextmanager
    async def stage(scenario: Scenario, _: int) -> AsyncIterator[Stage]:
        try:
            async with ControlClient(url, token) as control:
                ready = await control.ready()
        except Unreachable as error:
            raise OutOfReach(str(error)) from None
        except ControlError as error:
            raise click.UsageError(f"the simulator at {url} refuses: {error}") from None
        credentials = Credentials(app.app_key, app.app_secret) if app else _named_after(scenario)
        yield Stage(ready["api"], url, token, credentials, staging.members(app) if app else {})

    return stage


def _named_after(scenario: Scenario) -> Credentials:
    """An application key that no other scenario has, at most 32 characters."""
    key = f"run-{scenario.name}"
    if len(key) > LONGEST_KEY:
        key = f"{key[:23]}-{blake2b(key.encode(), digest_size=4).hexdigest()}"
    return Credentials(key, f"{key}-secret")
