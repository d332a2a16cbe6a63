"""What can go wrong between a program and the control plane."""

from collections.abc import Mapping


class ControlError(Exception):
    """The control plane refused: the problem it answered with (RFC 9457)."""

    def __init__(self, status: int, title: str, detail: str, more: Mapping[str, object] | None = None) -> None:
        super().__init__(f"{title}: {detail}" if detail else title)
        self.status = status
        self.title = title
        self.detail = detail
        self.more = dict(more or {})


class Unreachable(Exception):
    """No simulator answers there; the sentence says what was tried and how to start one."""
