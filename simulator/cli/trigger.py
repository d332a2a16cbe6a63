"""`pnsim trigger EVENT`: one well-formed, signed notification now, both sides shown and the answer judged."""

import os

import click

from simulator.cli.endings import FAILED, UNREACHABLE
from simulator.cli.loop import run
from simulator.cli.options import address, config_option, exact_address
from simulator.cli.tables import print_json
from simulator.cli.trigger_report import as_json as told
from simulator.cli.trigger_report import curl, print_list, show_request, show_sent
from simulator.cli.triggering import Asked, Message, default_url, message, send
from simulator.config import load
from simulator.config.apps import MODES
from simulator.contract.samples import MOST_RECORDS, NoSample, Wish

NO_RECEIVER = "no receiver is named: a sample receiver answers; --receiver URL is yours"


@click.command(short_help="Sends one signed notification now, judges the answer.")
@click.argument("event", required=False, metavar="EVENT")
@click.option("--mode", type=click.Choice(MODES), help="Whose notification it is [AXB, or that of --app].")
@click.option("--cause", type=int, metavar="CODE", help="Hangup cause of a disconnect or fee, see `pnsim causes`.")
@click.option("--count", type=int, default=1, metavar="N", help=f"CDRs in a fee, up to {MOST_RECORDS}.")
@click.option("--set", "settings", multiple=True, metavar="PATH=VALUE",
              help="Another value for a member: JSON where it is some, else text.")  # fmt: skip
@click.option("--unchecked", is_flag=True, help="Send also what breaks the schema.")
@click.option("--receiver", metavar="URL", callback=address, help="Your server: /status, /callin, /fee … are appended.")
@click.option("--url", metavar="URL", callback=exact_address, help="Your server: exactly this address.")
@config_option
@click.option("--app", metavar="KEY", help="Sign with this application of the configuration.")
@click.option("--timeout", type=click.FloatRange(0.001, 3600), metavar="SECONDS",
              help="How long your server may take [the profile's].")  # fmt: skip
@click.option("--strict", is_flag=True, help="A remark, such as a body where none is due, is a failure.")
@click.option("--dry-run", "--print", "dry", is_flag=True, help="Send nothing; show what would be sent.")
@click.option("--curl", "as_curl", is_flag=True, help="Send nothing; print the curl command that would.")
@click.option("--list", "listing", is_flag=True, help="The notifications of each mode, with the paths for --set.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object (--list: one array).")
@click.pass_context
def trigger(context: click.Context, /, event: str | None, **options: object) -> None:
    """Send one notification as the platform would: EVENT is callin, collectInfo, callout, alerting, answer,
    disconnect, fee, sms, sms-block or number-status.

    It is made of a synthetic call whose times, ids and codes agree, signed with the secret of the application, and the
    answer is judged as the platform would. Nothing else is sent: no other event of that call, no retry. The receiver is
    --receiver or --url, else the configuration's, else a sample receiver of our own.

    PATH is a member as --list has it: from the root, its last name alone, or the word for it.

    \b
    Ends with 0 acknowledged, 1 not, 2 usage, 6 receiver out of reach.

    \b
    Examples:
      pnsim trigger disconnect --cause 8102 --receiver http://127.0.0.1:9000
      pnsim trigger fee --mode AX --count 3 --set callerNum=+8613800000099 --dry-run
      pnsim trigger callin --mode X --receiver http://127.0.0.1:9000
      pnsim trigger --list --mode AXE
    """  # noqa: D205 - click takes the first paragraph as a whole
    asked = _asked(options)
    if options["listing"]:
        try:
            print_list(event, asked.mode, as_json=bool(options["as_json"]))
        except NoSample as unknown:
            raise click.UsageError(str(unknown)) from None
        return
    if event is None:
        raise click.UsageError("which EVENT? `pnsim trigger --list` has them all")
    made = message(event, asked, load(options["config"], os.environ, {}))  # type: ignore[arg-type]  # click made it a path
    if options["dry"] or options["as_curl"]:
        _show(made, as_curl=bool(options["as_curl"]), as_json=bool(options["as_json"]))
        return
    context.exit(_send(made, strict=bool(options["strict"]), as_json=bool(options["as_json"])))


def _asked(options: dict[str, object]) -> Asked:
    if options["receiver"] and options["url"]:
        raise click.UsageError("--receiver is a base address and --url a whole one; give one of them")
    members = {name: options[name] for name in ("mode", "app", "settings", "unchecked", "receiver", "url", "timeout")}
    return Asked(wish=Wish(options["cause"], options["count"]), **members)  # type: ignore[arg-type]  # click checked them


def _show(made: Message, *, as_curl: bool, as_json: bool) -> None:
    url = default_url(made)
    if as_curl:
        click.echo(curl(made, url))
    elif as_json:
        print_json(told(made, url, None))
    else:
        show_request(made, url)


def _send(made: Message, *, strict: bool, as_json: bool) -> int:
    if made.url is None:
        click.echo(NO_RECEIVER, err=True)
    sent = run(send(made))
    if as_json:
        print_json(told(made, sent.url, sent))
    else:
        show_sent(made, sent)
    if not sent.was_reached:
        click.echo(f"{sent.url} is out of reach; `pnsim receive` starts a sample server", err=True)
        return UNREACHABLE
    failed = not sent.verdict.acknowledged or (strict and (sent.verdict.remark or sent.complaints))
    return FAILED if failed else 0
