"""`pnsim demo`: a call in two processes, simulator and customer's server, with the commands a user would type."""

import asyncio
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import orjson

from simulator.cli.loop import run
from simulator.cli.page import page_address
from simulator.client.client import ControlClient
from simulator.clock import wall

CALLER, CALLEE = "+8613800000021", "+8613800000023"
TALKS_SECONDS = 16
START_SECONDS = 30.0


class DemoFailed(click.ClickException):
    """The demo did not show what it should; exit code 1."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the two processes listen, and the token of the control plane."""

    api: str
    control: str
    token: str
    receiver: str


@click.command(short_help="A call in two processes, start to end.")
@click.option("--stay", is_flag=True, help="Keep both processes until Ctrl-C, so that the page can be looked at.")
def demo(*, stay: bool) -> None:
    """A call in two processes, start to end: simulator and customer's server.

    Binds with a signed request, plays a recorded call, shows every notification and what the customer's server saw of
    it, and downloads the recording. Ends with 0 when all of that came true.

    \b
    Example:
      pnsim demo
      pnsim demo --stay
    """
    with tempfile.TemporaryDirectory(prefix="pnsim-demo-") as folder:
        with _processes(Path(folder)) as stage:
            click.echo(f"\nWatch it: {page_address(stage.control, stage.token)}")
            run(_play(stage))
            if stay:
                click.secho(f"\nCtrl-C stops. Look: {page_address(stage.control, stage.token)}", bold=True)
                _until_interrupted()
        click.echo("\nWhat the customer's server saw (pnsim receive):")
        seen = (Path(folder) / "receive.out").read_text(encoding="utf-8")
        click.echo(seen.partition("\n")[2].rstrip())
    click.secho("\nThe platform, a call and a customer's server, offline. Next: pnsim init", bold=True)


def _until_interrupted() -> None:
    """Until Ctrl-C."""
    try:
        run(asyncio.Event().wait())
    except KeyboardInterrupt:
        click.echo()


async def _play(stage: Stage) -> None:
    async with ControlClient(stage.control, stage.token) as control:
        receivers = {"status": f"{stage.receiver}/status", "fee": f"{stage.receiver}/fee"}
        app = await control.change_app("axb-demo", {"receivers": receivers})
        x_number = (await control.numbers(app["app_key"]))[0]["number"]
        click.echo(f"\n1. Tie {CALLER} and {CALLEE} together behind {x_number}")
        await _type("request", "bind", "--url", stage.api, "--caller", CALLER, "--callee", CALLEE,
                    "--x-number", x_number, "--record", "true", "--record-tone", "recordHintTone.wav")  # fmt: skip
        click.echo(f"\n2. {CALLER} dials {x_number}; they talk for {TALKS_SECONDS} s, and the clock jumps to the end")
        dialled = await control.dial(
            {"app_key": "axb-demo", "caller": CALLER, "dialled": x_number, "talks_seconds": TALKS_SECONDS}
        )
        await control.advance(60)
        call = await control.call(dialled["call_id"])
        _show(call)
        fee = await control.notification(call["notifications"][-1]["notification_id"])
        click.echo(f"   the CDR as pushed: {orjson.dumps(fee['body']).decode()}")
        recording = call["recording"]
        if recording is None or not all(told["acknowledged"] for told in call["notifications"]):
            raise DemoFailed("the call was not recorded, or a notification was not acknowledged")
        click.echo("\n3. Ask where the recording is, and download it")
        location = await _type("request", "recording-address", "--url", stage.api,
                               "--file-name", recording["file_name"], "--domain", recording["domain"])  # fmt: skip
        await _download(stage, location)


def _show(call: Mapping[str, object]) -> None:
    """The call as the simulator tells it: events in story time, then what was pushed."""
    told: list[dict[str, object]] = call["notifications"]  # type: ignore[assignment]  # a list in the client's shape
    for event in call["events"]:  # type: ignore[attr-defined]  # a list in the client's shape
        cause = event.get("hangup_cause")
        click.echo(
            f"   {str(event['at'])[11:19]}  {event['event']}" + ("" if cause is None else f", hangup cause {cause}")
        )
    for notification in told:
        state = "acknowledged" if notification["acknowledged"] else str(notification["reason"])
        click.echo(f"   pushed {notification['kind']:11} {state}")


async def _type(*words: str) -> str:
    """Run a pnsim command as a user would, and show it with what it prints; its output."""
    click.secho(f"   $ pnsim {shlex.join(words)}", fg="cyan")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output = (await process.communicate())[0].decode()
    click.echo("\n".join(f"   {line}" for line in output.rstrip().splitlines()))
    if process.returncode:
        raise DemoFailed(f"pnsim {words[0]} {words[1]} ended with {process.returncode}")
    return output


async def _download(stage: Stage, shown: str) -> None:
    """Fetch the address that the platform named."""
    import aiohttp  # noqa: PLC0415 - a quarter of a second that --help need not pay

    address = next((word for word in shown.split() if word.startswith(stage.api)), "")
    if not address:
        raise DemoFailed("the platform named no download address")
    limit = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(trust_env=False, timeout=limit) as session, session.get(address) as answer:
        content = await answer.read()
    seconds = int.from_bytes(content[content.index(b"data") + 4 :][:4], "little") / 8000
    click.echo(f"   {address}\n   {len(content)} bytes of WAV, {seconds:g} s of A-law at 8000 Hz")
    if answer.status != 200 or seconds != TALKS_SECONDS:
        raise DemoFailed(f"answered {answer.status} with {seconds:g} s of sound, {TALKS_SECONDS} s were talked")


@contextmanager
def _processes(folder: Path) -> Iterator[Stage]:
    """`pnsim receive` and `pnsim serve`, ended when the block ends."""
    receive = _start(folder, "receive", "--port", "0")
    serve = _start(folder, "serve", "--port", "0", "--control-port", "0", "--clock", "virtual")
    try:
        receiver = run(_ready(folder, "receive", receive))
        simulator = run(_ready(folder, "serve", serve))
        yield Stage(simulator["api"], simulator["control"], simulator["token"], receiver["receiver"])
    finally:
        for process in (serve, receive):
            process.terminate()
            process.wait(timeout=START_SECONDS)


def _start(folder: Path, *words: str) -> "subprocess.Popen[bytes]":
    click.secho(f"$ pnsim {shlex.join(words)} &", fg="cyan")
    command: Sequence[str] = (
        sys.executable,
        "-m",
        "simulator",
        *words,
        "--ready-file",
        str(folder / f"{words[0]}.json"),
    )
    with (folder / f"{words[0]}.out").open("wb") as output:
        return subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)  # noqa: S603 - our own program


async def _ready(folder: Path, name: str, process: "subprocess.Popen[bytes]") -> Mapping[str, str]:
    """The ready file of a process, once it is there."""
    path, until = folder / f"{name}.json", wall.monotonic() + START_SECONDS
    while not path.exists():
        if process.poll() is not None or wall.monotonic() > until:
            said = (folder / f"{name}.out").read_text(encoding="utf-8")
            raise DemoFailed(f"pnsim {name} did not start:\n{said}")
        await wall.sleep(0.02)
    content: Mapping[str, str] = orjson.loads(path.read_bytes())
    return content
