"""The results of an SMS as data: `schemas/codes/send_results.json` (notifications.md 4.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import orjson

from simulator.resources import read_bytes
from simulator.telephony.messages import SendResult

ARRIVAL = "arrival"


@dataclass(frozen=True, slots=True)
class SendResultRow:
    """One value of sendResult: the modes whose list has it, and how it is brought about.

    `stage` is when it is known: at the arrival on X, by the customer's decision, or when the SMS is forwarded.
    """

    code: SendResult
    modes: tuple[str, ...]
    stage: str
    provenance: str
    zh: str
    en: str
    how: str

    @property
    def comes_first(self) -> bool:
        """Whether it is known before a customer would be asked."""
        return self.stage == ARRIVAL


@cache
def send_results() -> Mapping[int, SendResultRow]:
    """Every result, in the order of the table."""
    rows = orjson.loads(read_bytes("schemas/codes/send_results.json"))["rows"]
    found = (SendResultRow(**{**row, "code": SendResult(row["code"]), "modes": tuple(row["modes"])}) for row in rows)
    return {int(row.code): row for row in found}


def send_results_of(mode: str) -> Mapping[int, SendResultRow]:
    """The results that the list of a mode has; none where the mode has no SMS."""
    return {code: row for code, row in send_results().items() if mode in row.modes}
