"""A simulator of its own for each scenario, in this process: what `pnsim run` and the pytest plugin play in."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from simulator.app import assemble
from simulator.config.values import AppOptions, Config
from simulator.scenario.asking import Credentials
from simulator.scenario.language import Scenario
from simulator.scenario.performance import Stage, Stager


def in_process(config: Config, app_of: Callable[[str], AppOptions], port: int = 0) -> Stager:
    """A fresh simulator on a virtual clock and free ports, without applications; `app_of` says whose secret a mode signs with."""

    @asynccontextmanager
    async def stage(scenario: Scenario, seed: int) -> AsyncIterator[Stage]:
        app = app_of(scenario.mode)
        server = replace(config.server, store="memory", clock="virtual", port=port, control_port=0, seed=seed)
        simulator = assemble(replace(config, server=server, apps=()), lanes=1)
        ready = await simulator.start()
        try:
            credentials = Credentials(app.app_key, app.app_secret)
            yield Stage(
                ready.api, ready.control, ready.token, credentials, members(app), simulator.failed, simulator.direct
            )
        finally:
            await simulator.stop()

    return stage


def members(app: AppOptions) -> dict[str, object]:
    """What a scenario's application takes over from the configuration's unless the scenario says otherwise."""
    return {
        "mode": app.mode,
        **({} if app.edition is None else {"edition": app.edition}),
        "recording": app.recording,
        "sms": app.sms,
        "features": list(app.features),
        "voice_files": [file.as_json() for file in app.voice_files],
        "profile": dict(app.profile),
    }
