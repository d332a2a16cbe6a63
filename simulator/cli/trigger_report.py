"""What `pnsim trigger` shows: the list of notifications, the request, the answer, the verdict."""

import shlex
from collections.abc import Iterator, Sequence

import click
import orjson

from simulator.cli.tables import Entry, Row, print_entries, print_json
from simulator.cli.triggering import Message, Sent, path_of
from simulator.contract.overrides import places, words
from simulator.contract.samples import Kind, NoSample, kind_named, kind_of, kinds
from simulator.delivery.outcome import Answered
from simulator.exchange.rows import text

LONGEST = 300
"""Characters of a violation that are shown: it repeats the value."""
COLUMNS = ("event", "mode", "address", "meaning", "含义", "--cause", "words", "paths for --set")


def print_list(event: str | None, mode: str | None, *, as_json: bool) -> None:
    """The notifications of a mode (or of all), with the members that can be set; raises NoSample."""
    wanted = kinds().values() if event is None else [kind_named(event) if mode is None else kind_of(event, mode)]
    rows = [row for kind in wanted for row in _listed(kind, mode)]
    if not rows:
        raise NoSample(f"this version has no schema of {event} for any mode")
    if as_json:
        print_json(rows)
        return
    print_entries(COLUMNS, map(_row, rows), _entry)


def _listed(kind: Kind, mode: str | None) -> Iterator[dict[str, object]]:
    for one in kind.modes():
        if mode in (None, one):
            schema = kind.schema(one)
            yield {
                "event": kind.event,
                "mode": one,
                "address": f"/{path_of(kind)}",
                "en": kind.en,
                "zh": kind.zh,
                "cause": kind.has_cause,
                "page": kind.page,
                "schema": schema,
                "words": dict(words(schema)),
                "paths": [place.path for place in places(schema) if place.is_leaf],
            }


def _row(row: dict[str, object]) -> tuple[object, ...]:
    named, paths = row["words"], row["paths"]
    told = ", ".join(f"{word}={path}" for word, path in named.items()) if isinstance(named, dict) else ""
    ways = " ".join(map(str, paths)) if isinstance(paths, list) else ""
    return (
        row["event"],
        row["mode"],
        row["address"],
        row["en"],
        row["zh"],
        "yes" if row["cause"] else "no",
        told,
        ways,
    )


def _entry(row: Row) -> Entry:
    event, mode, address, meaning, meaning_zh, cause, told, ways = map(str, row)
    takes = " · takes --cause" if cause == "yes" else ""
    lines = (meaning_zh, f"--set {ways}", *([f"or by the words {told}"] if told else []))
    return Entry(f"{event} --mode {mode}", meaning, lines, f"goes to {address}{takes}")


def request_lines(message: Message, url: str) -> list[str]:
    """The request as it goes out, its body spread out for reading."""
    target = message.target(url)
    lines = [f"POST {target.path} HTTP/1.1", f"Host: {target.authority}"]
    lines += [f"{name}: {value}" for name, value in message.headers]
    lines += [f"content-length: {len(message.body)}", ""]
    pretty = orjson.dumps(orjson.loads(message.body), option=orjson.OPT_INDENT_2).decode()
    return [*lines, *pretty.split("\n")]


def show_request(message: Message, url: str) -> None:
    """The request to stdout, and why the platform would never send it."""
    click.echo("\n".join(f"> {printable(line)}".rstrip() for line in request_lines(message, url)))
    for violation in message.violations:
        click.secho(f"unchecked: {printable(violation[:LONGEST])}", fg="yellow", err=True)


def show_sent(message: Message, sent: Sent) -> None:
    """Both sides, and what the platform makes of the answer."""
    show_request(message, sent.url)
    if isinstance(sent.result, Answered):
        answer = sent.result
        lines = [f"{answer.status} {answer.reason}", *(f"{name}: {value}" for name, value in answer.headers)]
        lines += ["", *text(answer.body).split("\n")] if answer.body else []
        click.echo("\n".join(f"< {printable(line)}".rstrip() for line in lines))
    if sent.decision is not None:
        told = ", ".join(f"{word} {_in_short(value)}" for word, value in sent.decision.items())
        click.echo(f"decided: {printable(told.removeprefix('decision '))}")
    for complaint in sent.complaints:
        click.secho(f"the sample receiver complains: {printable(complaint)}", fg="yellow")
    word, colour = ("acknowledged", "green") if sent.verdict.acknowledged else ("not acknowledged", "red")
    click.secho(f"{word}: {printable(sent.verdict.reason)}", fg=colour)
    if sent.verdict.remark:
        click.secho(f"remark: {printable(sent.verdict.remark)}", fg="yellow")


def as_json(message: Message, url: str, sent: Sent | None) -> dict[str, object]:
    """All of it for a program; without an answer where nothing was sent."""
    told: dict[str, object] = {
        "event": message.kind.event,
        "mode": message.app.mode,
        "app_key": message.app.app_key,
        "url": url,
        "headers": dict(message.headers),
        "body": orjson.loads(message.body),
        "violations": list(message.violations),
        "sent": sent is not None,
    }
    if sent is not None:
        told |= {
            "receiver": "sample" if sent.by_sample else "yours",
            "answer": _answer(sent.result) if isinstance(sent.result, Answered) else None,
            "acknowledged": sent.verdict.acknowledged,
            "verdict": sent.verdict.reason,
            "remark": sent.verdict.remark,
            "decision": sent.decision,
            "complaints": list(sent.complaints),
        }
    return told


def curl(message: Message, url: str) -> str:
    """The command line that sends it; it holds the digest, never the secret."""
    target = message.target(url)
    words_of_it = ["curl", "-i", "-X", "POST"]
    for name, value in message.headers:
        words_of_it += ["-H", f"{name}: {value}"]
    return shlex.join([*words_of_it, "--data-raw", message.body.decode(), f"{target.origin}{target.path}"])


def printable(line: str) -> str:
    """A line that moves no cursor: control characters are written out."""
    return "".join(char if char.isprintable() or char == "\t" else f"\\x{ord(char):02x}" for char in line)


def _in_short(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _answer(answer: Answered) -> dict[str, object]:
    headers: Sequence[tuple[str, str]] = answer.headers
    body = {"status": answer.status, "reason": answer.reason, "headers": [list(one) for one in headers]}
    return {**body, "body": text(answer.body), "length": answer.body_length}
