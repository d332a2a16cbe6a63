"""`pnsim capture`: a transparent proxy between the real platform and a customer's server that records what passes."""

import ipaddress
import os
import re
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from simulator.api.tls import UnusableCertificate, given, self_signed
from simulator.cli.capture_view import as_json, as_lines, judge
from simulator.cli.loop import run, stop_signals
from simulator.cli.masking import masking, masking_options
from simulator.cli.options import config_option
from simulator.cli.quantities import duration
from simulator.cli.readyfile import ReadyFile
from simulator.clock.wall import utc_now
from simulator.config import Config, load
from simulator.config.checks import HOST, WrongValueError
from simulator.config.checks import tls as checked_tls
from simulator.config.values import CertFiles
from simulator.outbound.gate import Gate
from simulator.outbound.target import Target
from simulator.replay.capture import Capture
from simulator.replay.capture_file import CaptureFile, UnusableFile
from simulator.replay.recorder import Change, Recorder, as_it_is
from simulator.specs import profile_in_force

LISTEN = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]*):(\d{1,5})")
SIZE = re.compile(r"(\d{1,12})(|[KMG]iB|[KMG]B|[kMG])")
UNITS = {"": 1, "k": 1000, "M": 10**6, "G": 10**9, "KB": 1000, "MB": 10**6, "GB": 10**9,
         "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}  # fmt: skip
SWITCH_SECONDS = 0.0005
"""How long the thread that writes may keep an answer waiting for the interpreter."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it listens, and how."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    ready_file: Path | None

    @property
    def is_public(self) -> bool:
        """Whether others than this machine can reach it."""
        try:
            return not ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host != "localhost"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is captured, and how it is written down."""

    target: Target
    gate: Gate
    output: Path
    max_bytes: int
    max_body: int
    verify_tls: bool
    as_json: bool
    secrets: dict[str, str]
    changed: Change
    timeout: float


def size(_: click.Context, parameter: click.Parameter, value: str) -> int:
    """Bytes, from 1000, 64KiB, 500MB or 1GiB."""
    found = SIZE.fullmatch(value)
    count = int(found[1]) * UNITS[found[2]] if found else 0
    if not count:
        raise click.BadParameter(f"{value!r} is no size such as 64KiB, 500MB or 1GiB", param=parameter)
    return count


def listen(_: click.Context, parameter: click.Parameter, value: str) -> tuple[str, int]:
    """Host and port, from :9000, 127.0.0.1:9000 or [::1]:9000; without a host it is loopback."""
    found = LISTEN.fullmatch(value)
    host = found[1].strip("[]") if found else ""
    if not found or int(found[2]) > 65535 or (host and not HOST.fullmatch(host)):
        raise click.BadParameter(
            f"{value!r} is no address to listen on: write :9000 (this machine only), or 0.0.0.0:9000", param=parameter
        )
    return host or "127.0.0.1", int(found[2])


@click.command(short_help="A transparent proxy that records real notifications.")
@click.option("--listen", default=":9000", show_default=True, metavar="[HOST]:PORT", callback=listen,
              help="Where the platform sends to; without a host only this machine, port 0 is any free one.")  # fmt: skip
@click.option("--forward", required=True, metavar="URL", help="The receiver: http(s)://HOST[:PORT], without a path.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="The capture, appended to [capture-TIME.ndjson].")  # fmt: skip
@click.option("--max-bytes", default="1GiB", show_default=True, metavar="SIZE", callback=size,
              help="Never more on disk: half in FILE, the half before in FILE.1; older lines are dropped, counted.")  # fmt: skip
@click.option("--max-body", default="16MiB", show_default=True, metavar="SIZE", callback=size,
              help="Exchanges with more bytes pass, and are counted instead of recorded.")  # fmt: skip
@click.option("--answer-timeout", metavar="DURATION", callback=duration,
              help="After so long without an answer it is a 504 [the profile's answer_timeout_seconds].")  # fmt: skip
@click.option("--tls", metavar="off|self-signed|CERT,KEY", default="off", show_default=True, help="How it listens.")
@click.option("--insecure", is_flag=True, help="Accept any certificate of the receiver.")
@config_option
@click.option("--app", "app_key", metavar="KEY", help="Whose signature is checked (a remark, nothing is refused).")
@click.option("--secret", envvar="PNSIM_APP_SECRET", metavar="SECRET",
              help="Its secret [PNSIM_APP_SECRET; else the configuration's].")  # fmt: skip
@click.option("--mask", is_flag=True,
              help="Replace phone numbers in what is recorded, each always by the same other one.")  # fmt: skip
@masking_options
@click.option("--json", "json_lines", is_flag=True, help="One JSON object a line for each exchange on stdout.")
@click.option("--ready-file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write address, receiver and capture here once it listens; removed at the end.")  # fmt: skip
def capture(listen: tuple[str, int], forward: str, ready_file: Path | None, **options: object) -> None:
    """Records real notifications on their way to your server, and changes nothing about them.

    Let the platform send to this proxy instead of your server. Every byte passes as it is, both ways:
    method, target, header case and order, chunks, keep-alive, 100-continue; the Host header stays that
    of the platform. One connection here is one connection there. A receiver that cannot answer is a 502
    (refused, cut) or a 504 (too late) with the reason as text; where a part of its answer has passed,
    the connection breaks off as the receiver's did.

    The capture has one JSON line an exchange, written after the answer has gone. Digests, Authorization
    and cookies never reach it. Runs until SIGTERM or Ctrl-C, then says what was recorded.

    \b
    Example:
      pnsim capture --listen :9000 --forward http://127.0.0.1:8000 --output night.ndjson --mask
    """
    if ready_file is not None and not ready_file.absolute().parent.is_dir():
        raise click.BadParameter(f"the folder of {ready_file} is not there", param_hint="--ready-file")
    place = Place(*listen, _context(str(options["tls"]), listen[0]), ready_file)
    sys.setswitchinterval(SWITCH_SECONDS)
    run(_capture(place, _wish(forward, options)))


def _wish(forward: str, options: dict[str, object]) -> Wish:
    path = options["config"]
    config = load(path if isinstance(path, Path) else None, os.environ, {})
    gate, target = _target(forward)
    output = options["output"] or Path(f"capture-{utc_now():%Y%m%dT%H%M%SZ}.ndjson")
    key, hides = options["mask_key"], bool(options["mask_sms"])
    if not options["mask"] and hides:
        raise click.UsageError("--mask-sms says how to mask: add --mask")
    wanted = options["answer_timeout"]
    return Wish(
        target=target,
        gate=gate,
        output=Path(str(output)),
        max_bytes=int(str(options["max_bytes"])),
        max_body=int(str(options["max_body"])),
        verify_tls=not options["insecure"],
        as_json=bool(options["json_lines"]),
        secrets=_secrets(config, options["app_key"], options["secret"]),
        changed=masking(None if key is None else str(key), hides_texts=hides).recorded if options["mask"] else as_it_is,
        timeout=profile_in_force(config).answer_timeout_seconds if wanted is None else float(str(wanted)),
    )


def _target(forward: str) -> tuple[Gate, Target]:
    gate = Gate()
    try:
        target = gate.declare(forward)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--forward") from None
    if target.path != "/":
        what = f"targets pass unchanged, so the receiver has no path of its own: write {target.origin}"
        raise click.BadParameter(what, param_hint="--forward")
    return gate, target


def _secrets(config: Config, key: object, secret: object) -> dict[str, str]:
    """The secrets by app key: the one asked for, else those of a configuration; the demo's apps are nobody's real ones."""
    known = {app.app_key: app.app_secret for app in config.apps} if config.source else {}
    if key is None:
        if secret is not None:
            raise click.UsageError("--secret belongs to an application: add --app KEY")
        return known
    found = secret if secret is not None else known.get(str(key))
    if found is None:
        where = f"{config.source} has no such application" if config.source else "there is no configuration"
        raise click.UsageError(f"the secret of {str(key)!r} is not known: add --secret SECRET ({where})")
    return {str(key): str(found)}


def _context(text: str, host: str) -> ssl.SSLContext | None:
    try:
        wanted = checked_tls(text)
        if isinstance(wanted, CertFiles):
            return given(wanted.cert, wanted.key)
    except (WrongValueError, UnusableCertificate) as error:
        raise click.BadParameter(str(error), param_hint="--tls") from None
    return self_signed(host, "localhost") if wanted == "self-signed" else None


async def _capture(place: Place, wish: Wish) -> None:
    stop = stop_signals()
    ready = None if place.ready_file is None else ReadyFile(place.ready_file)
    if ready is not None:
        ready.clear()
    proxy = Capture(wish.target, wish.gate, timeout=wish.timeout, max_body=wish.max_body, verify_tls=wish.verify_tls)
    file = _file(wish)
    recorder = Recorder(
        file,
        wish.target.origin,
        show=as_json() if wish.as_json else as_lines(),
        complain=_complain,
        judge=judge(wish.secrets),
        changed=wish.changed,
    )
    try:
        port = await proxy.start(recorder, place.host, place.port, place.tls)
        if ready is not None:
            ready.write(
                {
                    "proxy": _url(place, port),
                    "receiver": wish.target.origin,
                    "capture": str(wish.output),
                    "pid": os.getpid(),
                }
            )
        _greet(place, port, wish)
        await stop.wait()
    except OSError as error:
        why = os.strerror(error.errno).lower() if error.errno else str(error)
        what = (
            f"cannot listen on {place.host}:{place.port}: {why}; choose another with --listen (port 0 is any free one)"
        )
        raise click.UsageError(what) from None
    finally:
        await proxy.stop()
        if ready is not None:
            ready.remove()
    click.echo(_summary(proxy, recorder, file), err=True)


def _file(wish: Wish) -> CaptureFile:
    try:
        return CaptureFile(wish.output, wish.max_bytes)
    except UnusableFile as error:
        raise click.FileError(str(wish.output), str(error)) from None
    except OSError as error:
        raise click.FileError(str(wish.output), error.strerror or str(error)) from None


def _url(place: Place, port: int) -> str:
    host = f"[{place.host}]" if ":" in place.host else place.host
    return f"{'https' if place.tls else 'http'}://{host}:{port}"


def _greet(place: Place, port: int, wish: Wish) -> None:
    click.echo(f"capturing {_url(place, port)} → {wish.target.origin} into {wish.output} (Ctrl-C stops it)", err=True)
    if place.is_public:
        warning = f"WARNING: {place.host} is reachable by strangers, and through this proxy so is {wish.target.origin}"
        click.echo(warning, err=True)


def _complain(sentence: str) -> None:
    click.echo(click.style(sentence, fg="red", bold=True), err=True)


def _summary(proxy: Capture, recorder: Recorder, file: CaptureFile) -> str:
    counts = proxy.counts
    said = [f"{counts.exchanges} exchanges on {counts.connections} connections, {file.lines} recorded in {file.path}"]
    told = {
        f"{counts.failures} without a whole answer": counts.failures,
        f"{file.dropped} of them dropped again: --max-bytes was reached": file.dropped,
        f"{counts.too_large} not recorded: larger than --max-body, or too much at one time": counts.too_large,
        f"{counts.queue_full} not recorded: the disk was too slow": counts.queue_full,
        f"{recorder.unwritten} NOT recorded: the file could not be written": recorder.unwritten,
        f"{counts.unreadable} connections passed on unrecorded: they spoke no HTTP": counts.unreadable,
        f"{counts.refused} connections refused: too many at one time": counts.refused,
    }
    return "\n  ".join([*said, *(sentence for sentence, count in told.items() if count)])
