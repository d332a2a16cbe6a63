"""One exchange as it passed through the proxy: a request, its answer or why there is none."""

from dataclasses import dataclass
from datetime import datetime

from simulator.contract.digests import username
from simulator.replay.framing import Message
from simulator.replay.recorded import Recorded


@dataclass(slots=True, eq=False)
class Exchanged:
    """What is known of one exchange; it grows until `failure` is said or its answer is complete."""

    at: datetime
    started: float
    request: Message | None = None
    answer: Message | None = None
    failure: str = ""
    seconds: float | None = None
    kept: int = 0
    is_too_large: bool = False

    @property
    def is_answered(self) -> bool:
        """True once a complete answer passed."""
        return self.answer is not None and self.answer.is_complete

    def recorded(self, origin: str) -> Recorded:
        """As a line of a capture holds it."""
        request, answer = self.request, self.answer
        if request is None:
            raise ValueError("an exchange without a request is none")
        target = request.target
        return Recorded(
            at=self.at,
            source="",
            method=request.method,
            url=target if "://" in target.partition("?")[0] else origin + target,
            headers=request.headers,
            body=b"".join(request.body),
            status=answer.status if answer is not None and self.is_answered else None,
            answer_headers=answer.headers if answer is not None else (),
            answer=b"".join(answer.body) if answer is not None else b"",
            failure=self.failure,
            wall_seconds=None if self.seconds is None else round(self.seconds, 6),
            app_key=username(request.headers),
        )
