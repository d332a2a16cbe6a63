"""The story's clock, and starting over."""

from simulator.control import shapes
from simulator.control.apps import known_app
from simulator.control.asked import Answer, Asked
from simulator.control.deps import ControlDeps


class ClockRoutes:
    """Routes under /clock, /ready and /reset."""

    def __init__(self, deps: ControlDeps) -> None:
        self._exchange = deps.exchange
        self._story = deps.story
        self._ready = deps.ready

    async def ready(self, _: Asked) -> Answer:
        """GET /ready."""
        return Answer({**self._ready(), "clock": shapes.clock(self._exchange, self._story)})

    async def now(self, _: Asked) -> Answer:
        """GET /clock."""
        return self._clock()

    async def advance(self, asked: Asked) -> Answer:
        """POST /clock/advance: answers when everything due on the way has happened."""
        return Answer(shapes.advanced(await self._story.advance(asked.body["seconds"], asked.body["wall_seconds"])))

    async def scale(self, asked: Asked) -> Answer:
        """POST /clock/scale: story seconds per wall second from now on."""
        self._story.set_scale(asked.body["scale"])
        return self._clock()

    async def freeze(self, _: Asked) -> Answer:
        """POST /clock/freeze: the clock stands until told."""
        self._story.set_scale(0)
        return self._clock()

    async def reset(self, asked: Asked) -> Answer:
        """POST /reset: of one application, or of all; the applications stay."""
        app_key = asked.body["app_key"]
        if app_key is not None:
            known_app(self._exchange, app_key)
        self._exchange.reset(app_key)
        return Answer(None, status=204)

    def _clock(self) -> Answer:
        return Answer(shapes.clock(self._exchange, self._story))
