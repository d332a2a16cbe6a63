"""Check, then change: a command that is refused has left everything as it was."""

from collections.abc import Callable
from typing import Any

import pytest

from simulator.telephony.errors import Reason, Refused


class Attempting:
    """A state machine that knows of every command whether it is to be refused, and why."""

    def everything(self) -> Any:
        """All that a refused command must not change."""
        raise NotImplementedError

    def attempt(self, command: Callable[[], Any], wrong: Reason | None) -> Any:
        """Carry out a command; when it is to be refused, everything must stay as it was."""
        if wrong is None:
            return command()
        before = self.everything()
        with pytest.raises(Refused) as refused:
            command()
        assert refused.value.reason is wrong
        assert refused.value.explanation
        assert self.everything() == before
        return None
