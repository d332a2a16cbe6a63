"""The applications of a simulator as a test sees them: with what it needs to sign, and their X numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from simulator.config.checks import WrongValueError, url
from simulator.exchange.apps import AppSpec
from simulator.scenario.judging import PATHS
from simulator.testing.failing import WrongWord, hint

USUAL_MODE = "AXB"


@dataclass(frozen=True, slots=True)
class App:
    """One application: its key and secret, its mode, its X numbers."""

    app_key: str
    app_secret: str = field(repr=False)
    mode: str
    numbers: tuple[str, ...]


def app_of(spec: AppSpec) -> App:
    """The application that a spec makes."""
    return App(spec.app_key, spec.app_secret, spec.mode, tuple(number.number for number in spec.numbers))


def chosen(apps: Sequence[App], wanted: App | str | None) -> App:
    """The application of this key, else the first of this mode; None is the first of mode AXB, else the first.

    Raises WrongWord.
    """
    if not apps:
        raise WrongWord("this simulator has no applications; give it some: Simulator(apps=[{...}])")
    if wanted is None:
        return next((app for app in apps if app.mode == USUAL_MODE), apps[0])
    name = wanted.app_key if isinstance(wanted, App) else wanted
    found = [app for app in apps if app.app_key == name] or [app for app in apps if app.mode == name]
    if not found:
        names = [name for app in apps for name in (app.app_key, app.mode)]
        there = ", ".join(f"{app.app_key} ({app.mode})" for app in apps)
        raise WrongWord(f"there is no application {name!r}, by key or mode; {hint(name, names)}There are: {there}")
    return found[0]


def owner(apps: Sequence[App], x_number: str) -> App:
    """The application whose X number this is; raises WrongWord."""
    found = next((app for app in apps if x_number in app.numbers), None)
    if found is None:
        example = next((app.numbers[0] for app in apps if app.numbers), "none")
        raise WrongWord(
            f"{x_number} is no application's X number, so nobody knows whose call this is; dial one of "
            f"platform.app(…).numbers, such as {example}, or name the application: call(…, app=…)"
        )
    return found


def receivers(where: str | Mapping[str, str] | None) -> dict[str, str]:
    """Addresses by slot: of a base address `/status`, `/fee`… are appended as `pnsim run --receiver` does; None has none.

    Raises WrongWord.
    """
    if where is None:
        return {}
    if isinstance(where, str):
        return {slot: f"{_address('receiver', where).rstrip('/')}/{path}" for slot, path in PATHS.items()}
    for slot in where:
        if slot not in PATHS:
            raise WrongWord(f"a receiver has no address {slot!r}; {hint(slot, list(PATHS))}It has: {', '.join(PATHS)}")
    return {slot: _address(slot, address) for slot, address in where.items()}


def _address(name: str, address: object) -> str:
    try:
        return str(url(address))
    except WrongValueError as problem:
        raise WrongWord(f"{name} {problem}") from None
