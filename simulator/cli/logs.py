"""What a serving simulator says about itself on stderr, as text or as JSON: one record a line, and never a secret.

Whatever came from outside is only text: control characters and line breaks are escaped, so that nobody writes a line of
his own into somebody's log. Secrets of applications, the token and digests are masked in the finished line, whoever wrote it.
"""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from simulator.contract.digests import masked

log = logging.getLogger("pnsim")

MASK = "***"
BEARER = re.compile(r"(?i)\b(bearer|basic)[ +:=]+[^\s\"',;]+")
DIGEST = re.compile(r"[A-Za-z0-9+/]{43}=")
COOKIE = re.compile(r"pnsim_session=[^\s\"',;]+")
LONGEST = 2000
"""Characters of one field that are kept."""

Secrets = Callable[[], Iterable[str]]


class Lines(logging.Formatter):
    """Writes records as lines; `secrets` are asked for with every record, since applications come and go."""

    def __init__(self, secrets: Secrets, *, is_json: bool) -> None:
        super().__init__()
        self._secrets = secrets
        self._is_json = is_json

    def format(self, record: logging.LogRecord) -> str:
        """One line, and in text the lines of a traceback after it, each marked as belonging to it."""
        hide = self._hiding()
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        fields = {name: _hidden(value, hide) for name, value in fields_of(record).items()}
        event = hide(record.getMessage())
        traceback = hide(self.formatException(record.exc_info)) if record.exc_info else ""
        if self._is_json:
            told = {"time": at, "level": record.levelname.lower(), "event": event, **fields}
            # with every character beyond ASCII escaped, so that no terminal finds a line's end in one
            return json.dumps({**told, "traceback": traceback} if traceback else told, default=str)
        words = " ".join(
            (at, record.levelname.lower(), plain(event), *(f"{k}={_worded(v)}" for k, v in fields.items()))
        )
        return "\n  | ".join((words, *map(plain, traceback.split("\n")))) if traceback else words

    def _hiding(self) -> Callable[[str], str]:
        secrets = sorted(filter(None, self._secrets()), key=len, reverse=True)

        def hide(text: str) -> str:
            text = BEARER.sub(rf"\1 {MASK}", masked(text))
            text = COOKIE.sub(f"pnsim_session={MASK}", DIGEST.sub(MASK, text))
            for secret in secrets:
                text = text.replace(secret, MASK)
            return text

        return hide


def install(level: str, log_format: str, secrets: Secrets) -> Callable[[], None]:
    """Everything that is logged goes to stderr from now on; what it gives back undoes that."""
    handler, root = logging.StreamHandler(sys.stderr), logging.getLogger()
    handler.addFilter(_is_ours)
    handler.setFormatter(Lines(secrets, is_json=log_format == "json"))
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.ERROR)  # of libraries only what went wrong
    ours = [log, logging.getLogger("simulator")]
    for logger in ours:
        logger.setLevel(level.upper())

    def undo() -> None:
        root.removeHandler(handler)
        root.setLevel(before)
        for logger in ours:
            logger.setLevel(logging.NOTSET)

    return undo


def _is_ours(record: logging.LogRecord) -> bool:
    """Not a stranger's bytes that are no HTTP: they were answered 400, which is a refusal and no fault of ours."""
    error = record.exc_info[1] if record.exc_info else None
    if record.name != "aiohttp.server" or type(error).__module__ != "aiohttp.http_exceptions":
        return True
    tell(logging.DEBUG, "control_refused", status=400, why="no valid HTTP")
    return False


def tell(level: int, event: str, exc_info: BaseException | None = None, **fields: object) -> None:
    """One record: an event, and what there is to know of it."""
    log.log(level, event, extra={"fields": fields}, exc_info=exc_info)


def fields_of(record: logging.LogRecord) -> Mapping[str, object]:
    """What is known beside the event; of a library's record, who wrote it."""
    fields: Mapping[str, object] | None = getattr(record, "fields", None)
    return {"logger": record.name} if fields is None else fields


def plain(text: str) -> str:
    """A text without anything that moves a cursor or ends a line."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _hidden(value: object, hide: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return hide(value[:LONGEST])
    return [_hidden(item, hide) for item in value] if isinstance(value, list | tuple) else value


def _worded(value: object) -> str:
    if isinstance(value, str) and value and not re.search(r'[\s"=\\]', value):
        return plain(value)
    return json.dumps(value, ensure_ascii=True, default=str)
