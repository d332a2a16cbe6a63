"""How a command ended, as an exit code and a sentence on stderr."""

import errno
import os
import select
import sys
import traceback

import click

PASSED, FAILED, USAGE, UNLOADABLE, NOTHING_RAN, BROKEN, UNREACHABLE, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130
ISSUES = "the project's issue tracker"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def nobody_reads() -> bool:
    """Whether stdout is a pipe whose reader has gone; where the system cannot say so, somebody does."""
    try:
        asked = select.poll()
        asked.register(sys.stdout.fileno(), 0)
    except (AttributeError, OSError):
        return False
    return any(said & select.POLLERR for _, said in asked.poll(0))


def exit_code(error: BaseException) -> int:
    """The exit code of an exception that ended a command; its sentence goes to stderr."""
    if isinstance(error, click.Abort | KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    if isinstance(error, click.UsageError):
        error.show()
        return USAGE
    if isinstance(error, click.ClickException):
        error.show()
        return UNLOADABLE if isinstance(error, click.FileError) else error.exit_code
    if isinstance(error, OSError) and error.errno in FULL:
        click.echo(f"what there was to say could not be written: {error.strerror}", err=True)
        return BROKEN
    code = _of_ours(error)
    click.echo(str(error) if code is not None else _bug(error), err=True)
    return BROKEN if code is None else code


def _of_ours(error: BaseException) -> int | None:
    """The exit code of a sentence for the user; None when the simulator itself broke."""
    # Imported here: a command that ends well pays for none of them.
    from simulator.client.errors import Unreachable  # noqa: PLC0415 - see above
    from simulator.config import ConfigError, FlagError  # noqa: PLC0415 - see above
    from simulator.contract.settings import ProfileError  # noqa: PLC0415 - see above
    from simulator.exchange.snapshots import BadState  # noqa: PLC0415 - see above
    from simulator.resources import MissingResource  # noqa: PLC0415 - see above
    from simulator.store.log import StoreFailed  # noqa: PLC0415 - see above
    from simulator.store.opening import CannotOpen  # noqa: PLC0415 - see above
    from simulator.telephony.errors import NotPossible  # noqa: PLC0415 - see above

    if isinstance(error, FlagError):
        return USAGE
    if isinstance(error, StoreFailed):
        return BROKEN
    if isinstance(error, ConfigError | ProfileError | NotPossible | MissingResource | CannotOpen | BadState):
        return UNLOADABLE
    return UNREACHABLE if isinstance(error, Unreachable) else None


def _bug(error: BaseException) -> str:
    """One line for a bug of ours, and its traceback where the user asks for it."""
    if os.environ.get("PNSIM_TRACEBACK"):
        return "".join(traceback.format_exception(error)).rstrip()
    words = " ".join(str(error).split())
    return (
        f"pnsim has a bug: {type(error).__name__}: {words}; please report it in {ISSUES}, with what "
        "PNSIM_TRACEBACK=1 prints"
    )
