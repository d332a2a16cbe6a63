"""What changes the exchange from outside is a command: where the store has a log, it is entered there before it is carried out.

A command within a command is part of that one. Without a recorder this costs one look at an attribute.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

Owner = TypeVar("Owner")
Given = ParamSpec("Given")
Answer = TypeVar("Answer")
Method = Callable[Concatenate[Owner, Given], Answer]

COMMANDS: dict[str, Callable[..., Any]] = {}
"""Every command by its name, `<part>.<method>`: all that an entry of a log can name."""


BRIEFS: dict[str, Callable[..., Sequence[object]]] = {}
"""What is entered of the arguments of a command that does not need them whole."""


class Recorder(Protocol):
    """Enters commands in a log."""

    is_busy: bool
    """Whether a command is being carried out."""

    def carry_out(
        self, name: str, run: Callable[..., Any], arguments: Sequence[object], named: Mapping[str, object]
    ) -> Any:
        """Enter a command at one instant, then `run` it."""

    def forget_secret(self, app_key: str) -> None:
        """An application is no more."""

    def keep_state(self) -> None:
        """The state was replaced as a whole: it stands for everything entered so far."""


def command(
    name: str, brief: Callable[..., Sequence[object]] | None = None
) -> Callable[[Method[Owner, Given, Answer]], Method[Owner, Given, Answer]]:
    """A method of a part with a `_core`, entered whenever it is called from outside; `brief`: with what arguments."""
    if brief is not None:
        BRIEFS[name] = brief

    def decorated(method: Method[Owner, Given, Answer]) -> Method[Owner, Given, Answer]:
        COMMANDS[name] = method

        @wraps(method)
        def entered(self: Owner, /, *arguments: Given.args, **named: Given.kwargs) -> Answer:
            recorder: Recorder | None = self._core.recorder  # type: ignore[attr-defined]  # every part has its core
            if recorder is None or recorder.is_busy:
                return method(self, *arguments, **named)
            answer: Answer = recorder.carry_out(name, _of(method, self), arguments, named)
            return answer

        return entered

    return decorated


def question(name: str) -> Callable[[Method[Owner, Given, Answer]], Method[Owner, Given, Answer]]:
    """A method that changes nothing by itself: it is entered only where asking lets happen what is due."""

    def decorated(method: Method[Owner, Given, Answer]) -> Method[Owner, Given, Answer]:
        COMMANDS[name] = method

        @wraps(method)
        def entered(self: Owner, /, *arguments: Given.args, **named: Given.kwargs) -> Answer:
            core = self._core  # type: ignore[attr-defined]  # every part has its core
            if core.recorder is None or core.recorder.is_busy or not core.is_something_due():
                return method(self, *arguments, **named)
            answer: Answer = core.recorder.carry_out(name, _of(method, self), arguments, named)
            return answer

        return entered

    return decorated


def _of(method: Callable[..., Answer], owner: object) -> Callable[..., Answer]:
    return lambda *arguments, **named: method(owner, *arguments, **named)
