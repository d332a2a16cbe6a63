"""The options of masking, which `pnsim capture` and `pnsim mask` share."""

from collections.abc import Callable
from typing import TypeVar

import click

from simulator.replay.masking import Masking

Command = TypeVar("Command", bound=Callable[..., object])
SHORTEST_KEY = 8


def mask_key(_: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A key long enough that nobody tries them all; it is never repeated."""
    if value is not None and len(value) < SHORTEST_KEY:
        raise click.BadParameter(
            f"must have at least {SHORTEST_KEY} characters: who guesses it can undo the masking (the value is not shown)",
            param=parameter,
        )
    return value


def masking_options(command: Command) -> Command:
    """`--mask-key` and `--mask-sms`."""
    command = click.option(
        "--mask-sms", is_flag=True, help="Replace what people wrote in SMS by asterisks, too (smsContent)."
    )(command)
    return click.option(
        "--mask-key", envvar="PNSIM_MASK_KEY", metavar="KEY", callback=mask_key,
        help="Same key, same replacements, also in other files [PNSIM_MASK_KEY; else a new one that nobody keeps].",
    )(command)  # fmt: skip


def key_or_new(key: str | None) -> bytes:
    """This key, or a new one that nobody keeps."""
    from simulator.app import nonces  # noqa: PLC0415 - the dice are there, and only who masks without a key needs them

    return (key or next(nonces())).encode()


def masking(key: str | None, *, hides_texts: bool) -> Masking:
    """Masking with this key, or with one of its own."""
    return Masking(key_or_new(key), hides_texts=hides_texts)
