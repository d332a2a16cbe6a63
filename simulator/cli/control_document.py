"""The OpenAPI document of the control plane, which is the same for every simulator."""

from simulator.app import assemble, in_memory
from simulator.config import load
from simulator.control.deps import ControlDeps
from simulator.control.openapi import document
from simulator.control.routes import menu


def control_document() -> dict[str, object]:
    """The OpenAPI document of the control plane, which is the same for every simulator."""
    simulator = assemble(in_memory(load(None, {}, {})))
    deps = ControlDeps(simulator.exchange, simulator.story, "", simulator.describe, simulator.spec)
    return document(menu(deps))
