"""`pnsim init`: a commented configuration and a first scenario, ready to be run and changed."""

from pathlib import Path

import click

CONFIGURATION = """\
# pnsim.toml: the platform that `pnsim serve` plays. `pnsim check` reads it over.
# Every option of [server] is also a flag (--port) and a variable (PNSIM_PORT).

[server]
host = "127.0.0.1"
port = 8080             # the platform's API; 0 = any free port
control_port = 8081     # the control plane: calls, clock, journal
store = "memory"        # or a file, "pnsim.db": started again, it goes on from there
clock = "real"          # or "virtual": stands still until told
tls = "off"             # or "self-signed", or { cert = "cert.pem", key = "key.pem" }
edition = "2026"        # the documents' generation: 2019 and 2022 sign notifications with WSSE
seed = 7                # one seed, one story: ids and generated numbers

[[apps]]
app_key = "axb-demo"
app_secret = "axb-demo-secret"
mode = "AXB"            # A and B reach each other through X
recording = true
voice_files = ["callerHintTone.wav", "calleeHintTone.wav", "lastMinVoice.wav", "recordHintTone.wav"]
number_pool = { count = 50, area_code = "0755" }    # X numbers, generated from the seed

# Where your server takes notifications; without an address nothing of that kind is pushed.
# Take the # away, or say `pnsim run … --receiver http://127.0.0.1:9000`.
# [apps.receivers]
# status = "http://127.0.0.1:9000/status"
# callin = "http://127.0.0.1:9000/callin"
# fee = "http://127.0.0.1:9000/fee"
# sms = "http://127.0.0.1:9000/sms"
# sms_block = "http://127.0.0.1:9000/sms-block"
# number_status = "http://127.0.0.1:9000/number-status"

[profile]               # how the platform behaves where its documents leave it open: `pnsim profile`
# retry_minutes = [1, 4, 9, 106, 203, 300]
# push_scheme = "AKSK"
"""

SCENARIO = """\
# A first scenario: `pnsim run scenarios` plays it, `pnsim check` reads it over.
# `pnsim schemas scenario` prints the language's JSON Schema, for completion in an editor.
scenario: first_call
title: A reaches B through X, and your server is told all of it
app: {mode: AXB, recording: true}
cast: {A: mobile, B: mobile, X: number}     # generated from the seed, or quoted: A: "+8613800000021"
steps:
  - bind: {caller: A, callee: B, number: X, record: true}
  - call: {caller: A, dialled: X, rings: 2s, talks: 16s, released_by: callee}
  - expect:
      notifications: [callin, callout, alerting, answer, disconnect, fee]
      acknowledged: true                    # your server answered 200 to each
      within: 30s
"""

FILES = {Path("pnsim.toml"): CONFIGURATION, Path("scenarios/first_call.yaml"): SCENARIO}


@click.command(short_help="Writes a commented pnsim.toml and a first scenario.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
@click.option("--force", is_flag=True, help="Write over files that are there.")
def init(folder: Path, *, force: bool) -> None:
    """Write pnsim.toml and scenarios/first_call.yaml into FOLDER (the working directory).

    \b
    Example:
      pnsim init && pnsim run scenarios
    """
    there = [str(folder / path) for path in FILES if (folder / path).exists()]
    if there and not force:
        raise click.UsageError(f"{' and '.join(there)} would be written over; --force does it")
    for path, content in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")
        click.echo(f"wrote {folder / path}")
    click.echo("next: pnsim run scenarios", err=True)
