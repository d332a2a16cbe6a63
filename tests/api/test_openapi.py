"""The OpenAPI document is valid, and the API answers as it says, whatever is asked: schemathesis with a fixed seed."""

import os
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

from simulator.clock.wall import utc_now
from simulator.contract.openapi import document
from simulator.contract.operations import MODES, Operation, operations
from simulator.contract.schemas import names
from simulator.scenario.asking import Credentials, Customer
from tests.in_a_thread import living

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


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with living() as room:
        yield room.ready.api


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
def test_no_answer_is_a_5xx_or_outside_its_schema(address: str, row: Operation) -> None:
    operation = SCHEMA[row.path][row.method]

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(), st.sampled_from([row.mode] if row.mode else MODES))
    def ask(case: schemathesis.Case, mode: str) -> None:
        key = f"{mode.lower()}-demo"
        customer = Customer(address, Credentials(key, f"{key}-secret"), utc_now, mode)
        case.headers.clear()
        if row.app_key_in_query:
            case.query["app_key"] = key
        case.call_and_validate(base_url=address, headers=customer.headers(), checks=CHECKS)

    ask()
