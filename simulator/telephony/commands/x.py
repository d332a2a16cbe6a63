"""What the customer may decide of a call to X (mode X; axe_axyb_x.md 3.2). Members that were not given are None."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Connect:
    """Let the caller reach `callee`."""

    callee: str
    display: str | None = None
    max_minutes: int | None = None
    caller_tone: str | None = None
    record: bool | None = None
    record_tone: str | None = None
    last_minute_tone: str | None = None
    callee_tone: str | None = None
    user_data: str | None = None

    @property
    def tones(self) -> tuple[str | None, ...]:
        """The voice files it names."""
        return self.caller_tone, self.record_tone, self.last_minute_tone, self.callee_tone


@dataclass(frozen=True, slots=True)
class Close:
    """Let the caller reach nobody."""

    close_tone: str | None = None
    user_data: str | None = None

    @property
    def tones(self) -> tuple[str | None, ...]:
        """The voice files it names."""
        return (self.close_tone,)


Decision = Connect | Close
