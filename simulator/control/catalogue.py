"""GET /catalogue: what a form offers to choose from, in both languages; the rows are those of schemas/."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import orjson

from simulator.contract.codes import hangup_causes
from simulator.contract.faults import Setting, fault_rows, shared_settings
from simulator.contract.number_states import number_causes, number_states
from simulator.contract.send_results import send_results
from simulator.control.asked import Answer, Asked
from simulator.resources import read_bytes


async def catalogue(_: Asked) -> Answer:
    """GET /catalogue: outcomes, hangup causes, results of SMS, states of X numbers, faults."""
    return Answer(text=_catalogue())


@cache
def _catalogue() -> bytes:
    outcomes = orjson.loads(read_bytes("schemas/codes/outcomes.json"))["rows"]
    causes = (_row(one, code=one.code, modes=sorted(one.modes)) for one in hangup_causes().values())
    results = (_row(one, code=int(one.code), modes=one.modes) for one in send_results().values())
    states = (
        _row(one, state=one.state.value, causes=one.causes, default_cause=one.default_cause)
        for one in number_states().values()
    )
    return orjson.dumps(
        {
            "outcomes": outcomes,
            "hangup_causes": list(causes),
            "send_results": list(results),
            "number_states": list(states),
            "number_causes": [_row(one, cause=one.cause) for one in number_causes().values()],
            "faults": [
                _row(one, fault=one.fault, parameters=_settings(one.parameters)) for one in fault_rows().values()
            ],
            "fault_settings": _settings(shared_settings()),
        }
    )


def _row(one: Any, **members: object) -> dict[str, object]:
    return {**members, "zh": one.zh, "en": one.en}


def _settings(settings: Iterable[Setting]) -> list[dict[str, object]]:
    return [_row(one, name=one.name, type=one.type, default=one.default, choices=one.choices) for one in settings]
