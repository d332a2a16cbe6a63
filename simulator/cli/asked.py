"""What the command line of `pnsim run` says, and what follows from it; it travels to the processes of --workers."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import click

from simulator.cli.reporting import Wanted
from simulator.cli.staging import chosen_app, in_process, running
from simulator.config import Config
from simulator.config.apps import MODES
from simulator.config.values import ProbeConfig
from simulator.scenario.customer_api import CustomerOptions
from simulator.scenario.judging import PATHS
from simulator.scenario.performance import Options, Stager
from simulator.scenario.sharding import Shard

IN_GITHUB = "GITHUB_ACTIONS"
TOKEN_VARIABLE = "PNSIM_CONTROL_TOKEN"  # noqa: S105 - the name of a variable, not a token


@dataclass(frozen=True, slots=True)
class Asked:
    """Every option of `pnsim run` under its name."""

    scenarios: tuple[Path, ...]
    config: Path | None
    receiver: str | None
    status_url: str | None
    callin_url: str | None
    fee_url: str | None
    sms_url: str | None
    sms_block_url: str | None
    number_status_url: str | None
    seed: int | None
    start_at: str | None
    timeout: float
    wait_for: str | None
    expression: str | None
    settings: tuple[str, ...]
    ndjson: Path | None
    junit: Path | None
    html: Path | None
    ladder: bool
    github: bool | None
    strict: bool
    answer_timeout: float | None
    customer: str | None
    probe: str | None
    api_port: int
    simulator: str | None
    token: str | None
    app: str | None
    quiet: bool
    workers: int
    shard: Shard | None
    repeat: int
    fail_fast: bool
    failed_first: bool
    watch: bool
    bundles: bool
    bundle_dir: Path

    def receivers(self) -> dict[str, str]:
        """The receiver's addresses by slot, as far as the command line names them."""
        base = self.receiver
        named = {slot: getattr(self, f"{slot}_url") for slot in PATHS}
        known = {slot: url or (f"{base}/{PATHS[slot]}" if base else None) for slot, url in named.items()}
        return {slot: url for slot, url in known.items() if url is not None}

    def stager(self, config: Config) -> Stager:
        """Where scenarios are played; raises UsageError."""
        app = chosen_app(config, self.app, "AXB") if self.app else None
        if not self.simulator:
            return in_process(config, self.app, self.api_port)
        token = self.token or os.environ.get(TOKEN_VARIABLE)
        if not token:
            raise click.UsageError(f"--simulator needs its token: --token, or {TOKEN_VARIABLE} in the environment")
        return running(self.simulator, token, app)

    def options(self, config: Config) -> Options:
        """What holds for every scenario of the run."""
        named = self.receivers()
        configured = {mode: chosen_app(config, self.app, mode).receivers for mode in MODES}
        return Options(
            receivers=named or None,
            configured={mode: receivers for mode, receivers in configured.items() if receivers},
            forced=bool(named),
            seed=self.seed,
            default_seed=config.server.seed,
            strict=self.strict,
            answer_timeout=self.answer_timeout,
            customer=self._customer(config),
        )

    def _customer(self, config: Config) -> CustomerOptions:
        """The customer's own API; --probe says the path, the configuration where in the answer it stands."""
        probe = config.customer.probe
        if self.probe is not None:
            probe = replace(probe or ProbeConfig(), path=self.probe)
        return CustomerOptions(self.customer, config.customer.url, config.customer.headers, probe)

    def wanted(self) -> Wanted:
        """The reports that are asked for."""
        return Wanted(
            quiet=self.quiet,
            ladder=self.ladder,
            github=os.environ.get(IN_GITHUB) == "true" if self.github is None else self.github,
            ndjson=self.ndjson,
            junit=self.junit,
            html=self.html,
        )
