"""The OpenAPI document is valid, and the API answers as it says, whatever is asked: schemathesis with a fixed seed."""

import asyncio
import os
import threading
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from simulator.app import Simulator, assemble, without_ports
from simulator.clock.wall import utc_now
from simulator.config.load import load
from simulator.contract.openapi import document
from simulator.contract.operations import MODES, Operation, operations
from simulator.contract.schemas import names
from simulator.scenario.asking import Credentials, Customer

EXAMPLES = int(os.environ.get("PNSIM_FUZZ_EXAMPLES", "20"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
DOCUMENT = document()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)


class Room:
    """A simulator with its demo applications, in a thread of its own."""

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.loop = asyncio.new_event_loop()
        self.simulator: Simulator = assemble(without_ports(load(None, {}, {"clock": "virtual"})))
        self.thread = threading.Thread(target=self.loop.run_until_complete, args=(self.live(),))
        self.thread.start()
        assert self.ready.wait(20)

    async def live(self) -> None:
        self.over = asyncio.Event()
        self.address = (await self.simulator.start()).api
        self.ready.set()
        await self.over.wait()
        await self.simulator.stop()

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.over.set)
        self.thread.join(20)
        self.loop.close()


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    room = Room()
    yield room
    room.close()


def test_the_document_is_valid_openapi_3_1() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_operation_and_every_notification_is_in_it() -> None:
    for row in operations():
        assert DOCUMENT["paths"][row.path][row.method.lower()]["operationId"].endswith(row.operation)
    pushed = {name.removeprefix("notifications/").replace("/", "_") for name in names() if name.startswith("notif")}
    assert set(DOCUMENT["webhooks"]) == pushed


def test_an_operations_id_is_its_own() -> None:
    ids = [how["operationId"] for path in DOCUMENT["paths"].values() for how in path.values()]
    assert len(ids) == len(set(ids)) == len(operations())


@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("row", operations(), ids=lambda row: f"{row.mode or 'any'}-{row.operation}")
def test_no_answer_is_a_5xx_or_outside_its_schema(room: Room, row: Operation) -> None:
    operation = SCHEMA[row.path][row.method]

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(), st.sampled_from([row.mode] if row.mode else MODES))
    def ask(case: schemathesis.Case, mode: str) -> None:
        key = f"{mode.lower()}-demo"
        customer = Customer(room.address, Credentials(key, f"{key}-secret"), utc_now, mode)
        case.headers.clear()
        if row.app_key_in_query:
            case.query["app_key"] = key
        case.call_and_validate(base_url=room.address, headers=customer.headers(), checks=CHECKS)

    ask()
