"""`pnsim request OPERATION`: one signed API request, both sides shown."""

import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.endings import FAILED, UNREACHABLE
from simulator.cli.loop import run
from simulator.cli.signing import Credentials, Headers, signed_headers
from simulator.clock.wall import utc_now
from simulator.config import DEMO_APPS
from simulator.contract.operations import MODES, operations, operations_of
from simulator.delivery.signature import Scheme

if TYPE_CHECKING:
    from simulator.outbound.answer import Answer
    from simulator.outbound.target import Target
    from simulator.scenario.asking import ApiRequest

HELP = {
    "bind": "Tie numbers together behind an X number.",
    "unbind": "Take a binding away (AXB: or all on an X number).",
    "modify": "Change a binding.",
    "query": "Look bindings up.",
    "set-callee": "Say whom A reaches when A dials X next (AX).",
    "list": "List the bindings of an X number, page by page (AXE).",
    "count": "Count the bindings of X numbers (AXE).",
    "recording-address": "Ask where a recording can be downloaded.",
    "terminate": "End a call that is under way.",
}
EXAMPLES = {
    "bind": "pnsim request bind --caller +8613800000021 --callee +8613800000023 --area-code 0755",
    "unbind": "pnsim request unbind --subscription-id 0167ecc9-bfb6-4eec-b671-a7dab2ba78cf",
    "modify": "pnsim request modify --subscription-id 0167ecc9-bfb6-4eec-b671-a7dab2ba78cf --max-minutes 30",
    "query": "pnsim request query --x-number +8617000000001",
    "set-callee": "pnsim request set-callee --mode AX --x-number +8617000000001 --callee +8613800000023",
    "list": "pnsim request list --mode AXE --x-number +8617000000001",
    "count": "pnsim request count --mode AXE",
    "terminate": "pnsim request terminate --session-id 1200_366_0_20161228102743@callenabler.home1.com --signal call_stop",
    "recording-address": "pnsim request recording-address --file-name NAME.wav --domain ostor.huawei.com",
}
SENDING = (
    click.Option(["--url"], default="http://127.0.0.1:8080", show_default=True, help="The platform's address."),
    click.Option(["--app-key"], envvar="PNSIM_APP_KEY", help="Who signs; without it the demo app of the mode."),
    click.Option(
        ["--app-secret"],
        envvar="PNSIM_APP_SECRET",
        help="What it signs with; without it the demo's. [PNSIM_APP_SECRET]",
    ),
    click.Option(
        ["--scheme"], type=click.Choice(["AKSK", "WSSE"]), default="AKSK", show_default=True, help="Signature."
    ),
    click.Option(
        ["--mode"], type=click.Choice(MODES), default="AXB", show_default=True, help="The application's mode."
    ),
    click.Option(["--timeout"], type=click.FloatRange(0.1, 600), default=30, show_default=True, help="Wall seconds."),
    click.Option(["--insecure"], is_flag=True, help="Take any certificate (https with tls = self-signed)."),
    click.Option(["--curl"], is_flag=True, help="Send nothing; print the curl command that would."),
)


class Operations(click.Group):
    """One command an operation; its options are the members of the operation's request schema."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every operation."""
        del ctx
        return list(HELP)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of an operation, made from its schema."""
        del ctx
        if cmd_name not in HELP:
            return None
        from simulator.cli.members import member_options  # noqa: PLC0415 - reads schemas

        help_text = f"{HELP[cmd_name]}\n\n\b\nExample:\n  {EXAMPLES[cmd_name]}"
        rows = (row for row in operations() if row.operation == cmd_name.replace("-", "_"))
        params: list[click.Parameter] = [*member_options(rows), *SENDING]
        return click.Command(
            cmd_name, params=params, callback=_callback(cmd_name), help=help_text, short_help=HELP[cmd_name]
        )


@click.group(cls=Operations, short_help="Sends one signed API request, shows both sides.")
def request() -> None:
    """Sends one correctly signed request to the platform's API and shows what went out and what came back.

    Ends with 0 when the platform said yes, 1 when it refused, 6 when nobody answered.

    \b
    Example:
      pnsim request bind --caller +8613800000021 --callee +8613800000023 --area-code 0755
    """


def _callback(operation: str) -> Callable[..., None]:
    def send(url: str, app_key: str | None, app_secret: str | None, scheme: str, mode: str, **rest: Any) -> None:
        timeout, insecure, curl = rest.pop("timeout"), rest.pop("insecure"), rest.pop("curl")
        app_key = app_key or _demo_key(mode)
        credentials = Credentials(app_key, _secret(app_key, app_secret), Scheme(scheme))
        asked = _asked(operation, mode, app_key, rest)
        target = _target(url, asked)
        headers = signed_headers(credentials, utc_now())
        if curl:
            click.echo(_curl(target, asked, headers, insecure=insecure))
            return
        _finish(target, asked, headers, run(_exchange(target, asked, headers, timeout, verify_tls=not insecure)))

    return send


def _demo_key(mode: str) -> str:
    return next(app.app_key for app in DEMO_APPS if app.mode == mode)


def _secret(app_key: str, given: str | None) -> str:
    if given is not None:
        return given
    known = next((app.app_secret for app in DEMO_APPS if app.app_key == app_key), None)
    if known is not None:
        return known
    raise click.UsageError(
        f"--app-secret is needed for {app_key}: only the demo's secret is known; or set PNSIM_APP_SECRET"
    )


def _asked(operation: str, mode: str, app_key: str, words: dict[str, Any]) -> "ApiRequest":
    from simulator.scenario.asking import api_request  # noqa: PLC0415 - reads schemas

    row = operations_of(mode).get(operation.replace("-", "_"))
    if row is None:
        there = ", ".join(name.replace("_", "-") for name in operations_of(mode))
        raise click.UsageError(f"mode {mode} has no operation {operation}; it has: {there}")
    try:
        return api_request(row, {word: value for word, value in words.items() if value is not None}, app_key)
    except ValueError as wrong:
        raise click.UsageError(f"in mode {mode}, {wrong}") from None


def _target(url: str, asked: "ApiRequest") -> "Target":
    from simulator.outbound.target import parse_target  # noqa: PLC0415 - only when something is sent

    try:
        return parse_target(url.rstrip("/") + asked.target, declared=True)
    except ValueError as wrong:
        raise click.BadParameter(str(wrong), param_hint="--url") from None


async def _exchange(
    target: "Target", asked: "ApiRequest", headers: Headers, seconds: float, *, verify_tls: bool
) -> "Answer | str":
    """The answer, or why there is none."""
    from simulator.outbound.answer import Answer  # noqa: PLC0415 - only when something is sent
    from simulator.outbound.gate import Gate  # noqa: PLC0415 - as above
    from simulator.outbound.request import render_request  # noqa: PLC0415 - as above
    from simulator.outbound.transport import Transport  # noqa: PLC0415 - as above

    transport = Transport(Gate(), verify_tls=verify_tls)
    try:
        content = render_request(asked.method, target, headers, asked.body or b"")
        answer = await transport.exchange(target, content, timeout=seconds)
    finally:
        await transport.close()
    return answer if isinstance(answer, Answer) else answer.detail


def _finish(target: "Target", asked: "ApiRequest", headers: Headers, answer: "Answer | str") -> None:
    lines = [f"{asked.method} {target.path} HTTP/1.1", f"Host: {target.authority}"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines += ["", asked.body.decode()] if asked.body else []
    click.echo("".join(f"> {line}".rstrip() + "\n" for line in lines))
    if isinstance(answer, str):
        click.echo(f"{answer}; is a platform there? `pnsim serve` starts one", err=True)
        raise click.exceptions.Exit(UNREACHABLE)
    shown = [f"{answer.status} {answer.reason}", *(f"{name}: {value}" for name, value in answer.headers)]
    shown += ["", answer.body.decode("utf-8", "replace")] if answer.body else []
    click.echo("".join(f"< {line}".rstrip() + "\n" for line in shown).rstrip("\n"))
    if answer.status >= 400:
        raise click.exceptions.Exit(FAILED)


def _curl(target: "Target", asked: "ApiRequest", headers: Headers, *, insecure: bool) -> str:
    """The command line; it holds the digest, never the secret, and is good for the profile's window."""
    words = ["curl", "-i", "-X", asked.method, *(["-k"] if insecure else [])]
    for name, value in headers:
        words += ["-H", f"{name}: {value}"]
    if asked.body:
        words += ["--data-raw", asked.body.decode()]
    return shlex.join([*words, f"{target.origin}{target.path}"])
