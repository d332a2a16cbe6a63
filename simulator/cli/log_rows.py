"""Which rows of the journal are worth a record of the log, and what is said of them: never a body, header or query."""

import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from simulator.cli.logs import log, tell
from simulator.delivery.delivery import DeliveryState
from simulator.delivery.outcome import Answered
from simulator.exchange.journal import Journal
from simulator.exchange.rows import ApiExchange, AttemptEnded, ControlExchange, Noted
from simulator.store.store import Row

NO_OPERATION = "(no operation)"


def follow(journal: Journal) -> None:
    """Log what the journal is told, where somebody wants to read that: otherwise this costs nothing."""
    listeners = (
        (logging.DEBUG, _requests),
        (logging.WARNING, _attempts),
        (logging.WARNING, _drops(journal)),
        (logging.ERROR, _violations),
    )
    journal.listeners.extend(listener for level, listener in listeners if log.isEnabledFor(level))


def _requests(row: Row) -> None:
    """Refusals of the API and of the control plane."""
    if isinstance(row, ApiExchange) and (row.refusal or row.status >= 400):
        tell(
            logging.DEBUG,
            "api_refused",
            operation=row.operation or NO_OPERATION,
            method=row.method,
            status=row.status,
            result_code=row.result_code,
            app_key=row.app_key,
            peer=row.peer,
            # the sentence of a path that is none quotes it, and it may be a download address with a letter too many
            why=row.refusal if row.operation else "",
        )
    elif isinstance(row, ControlExchange) and row.status >= 400:
        path = urlsplit(row.path).path if row.status != 401 else ""
        tell(logging.DEBUG, "control_refused", method=row.method, path=path, status=row.status)


def _attempts(row: Row) -> None:
    """Attempts that failed, and deliveries that were given up."""
    if not isinstance(row, AttemptEnded) or row.state is DeliveryState.ACKNOWLEDGED:
        return
    is_over = row.state is DeliveryState.EXHAUSTED
    result, verdict = row.attempt.result, row.attempt.verdict
    url = urlsplit(row.delivery.url)
    tell(
        logging.WARNING if is_over else logging.INFO,
        "delivery_exhausted" if is_over else "attempt_failed",
        app_key=row.app_key,
        kind=row.delivery.kind,
        delivery_id=row.delivery.delivery_id,
        call_id=row.call_id,
        attempt=row.attempt.number,
        receiver=f"{url.hostname}:{url.port or url.scheme}{url.path}",
        status=result.status if isinstance(result, Answered) else None,
        failure=None if result is None or isinstance(result, Answered) else result.kind,
        why=verdict.reason if verdict else "",
        retry_at=row.retry_at.isoformat() if row.retry_at else None,
    )


def _violations(row: Row) -> None:
    """Notifications of ours that broke their schema."""
    if isinstance(row, Noted) and row.kind == "contract_violation":
        tell(
            logging.ERROR,
            "contract_violation",
            app_key=row.app_key,
            call_id=row.call_id,
            violations=row.detail.get("violations"),
        )


def _drops(journal: Journal) -> Callable[[Row], None]:
    """Says once that the store is full: from then on the oldest rows go."""
    is_told = False

    def look(_: Row) -> None:
        nonlocal is_told
        if journal.dropped and not is_told:
            is_told = True
            tell(logging.WARNING, "journal_full", rows=journal.rows_kept, bytes=journal.bytes_kept)

    return look
