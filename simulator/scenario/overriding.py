"""`--set name=value`: a member of the cast, a variable (`variables.…`), or a header value (`seed`, `app.…`, `receiver.…`)."""

from collections.abc import Sequence
from io import StringIO
from typing import Any

from simulator.scenario.nearest import suggestion

HEADER = ("seed", "app", "receiver", "variables")


class OverrideError(ValueError):
    """A setting that is none, or that fits no scenario of the run."""


class Overrides:
    """The settings of one run; `apply` writes them into a scenario's tree before it is checked."""

    def __init__(self, settings: Sequence[str]) -> None:
        self._settings = [_split(setting) for setting in settings]
        self._unused = {name for name, _ in self._settings if name.split(".")[0] not in HEADER}
        self._cast: set[str] = set()

    def apply(self, tree: Any) -> None:
        """Set what this scenario has; names of casts that it does not have are left to others."""
        cast = tree.get("cast")
        members = cast if isinstance(cast, dict) else {}
        self._cast |= set(members)
        for name, value in self._settings:
            if name in members:
                members[name] = value
                self._unused.discard(name)
            elif name.split(".")[0] in HEADER:
                _put(tree, name.split("."), value)

    def check_all_used(self) -> None:
        """Raises OverrideError for a name that no scenario of the run had in its cast."""
        for name in sorted(self._unused):
            near = suggestion(name, [*self._cast, *HEADER])
            there = ", ".join(sorted(self._cast)) or "nobody"
            raise OverrideError(
                f"--set {name}: no scenario of this run casts {name!r}{near or '.'} "
                f"Cast: {there}; of the header: seed, app.<key>, receiver.<key>, variables.<name>"
            )


def _split(setting: str) -> tuple[str, Any]:
    name, equals, text = setting.partition("=")
    if not equals or not name:
        raise OverrideError(f"--set {setting!r} is not name=value, such as A=+8613800000021 or app.recording=false")
    return name, _value(text) if name.split(".")[0] in HEADER or text.startswith("{") else text


def _value(text: str) -> Any:
    """A header value is YAML, as in a file; numbers of phones stay texts."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - 60 ms, paid only where something is set
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415 - as above

    try:
        return YAML(typ="safe", pure=True).load(StringIO(text))
    except YAMLError:
        return text


def _put(tree: Any, path: Sequence[str], value: Any) -> None:
    for step in path[:-1]:
        if not isinstance(tree.get(step), dict):
            tree[step] = {}
        tree = tree[step]
    tree[path[-1]] = value
