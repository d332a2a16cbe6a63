"""What is done to the clock from outside: every move is a command, so that it can be made again."""

from datetime import datetime

from simulator.exchange.core import Core
from simulator.exchange.entering import command
from simulator.exchange.outbox import Outbox


class Clockwork:
    """Moves the clock of an exchange; `exchange/story.py` and `exchange/comeback.py` decide where to."""

    def __init__(self, core: Core, outbox: Outbox) -> None:
        self._core = core
        self._outbox = outbox

    @command("clockwork.begin")
    def begin(self, seed: int, at: datetime, scale: float, form: int) -> None:
        """The first command of a log: what everything after it hangs on; `form` is that of its entries."""
        del form  # who reads it looks before anything is done
        self._core.ids.begin(seed)
        self._core.dice.seed(seed)
        self._core.clock.restart(at, scale)
        self._core.clock.hold()

    @command("clockwork.jump")
    def jump(self, instant: datetime) -> None:
        """Move to an instant; raises ValueError when it lies in the past."""
        self._core.clock.jump(instant)

    @command("clockwork.set_scale")
    def set_scale(self, scale: float) -> None:
        """So many story seconds pass per wall second; raises ValueError when that cannot be."""
        self._core.clock.set_scale(scale)

    @command("clockwork.stand_still")
    def stand_still(self) -> None:
        """Stand while somebody moves the clock by hand, until `go_on`."""
        self._core.resumes = self._core.clock.scale
        self._core.clock.set_scale(0)

    @command("clockwork.go_on")
    def go_on(self) -> None:
        """Run as before `stand_still`."""
        scale, self._core.resumes, self._core.until = self._core.resumes, None, None
        if scale is not None:
            self._core.clock.set_scale(scale)

    @command("clockwork.come_back")
    def come_back(self, until: datetime, form: int) -> None:
        """The process had ended: the clock stands until it was moved to `until`, and what was on its way has failed."""
        del form  # who reads it looks before anything is done
        core = self._core
        core.resumes, core.until = core.clock.scale if core.resumes is None else core.resumes, until
        core.clock.set_scale(0)
        self._outbox.come_back(until)
        core.journal.note("clock", core.clock.now(), None, what="came_back", until=until.isoformat())

    @command("clockwork.apply_configuration")
    def apply_configuration(self, app_key: str, fingerprint: str) -> None:
        """What the configuration says of an application has been applied."""
        self._core.configured[app_key] = fingerprint
