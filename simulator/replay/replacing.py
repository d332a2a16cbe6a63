"""Other texts in recorded bodies: numbers and binding ids of then become those of now, wherever they stand as a whole value."""

import re
from collections.abc import Sequence

import orjson

TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"')


class Replacing:
    """Replaces whole JSON texts, all at once: a new text is never replaced again. Every other byte stays."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._new = {orjson.dumps(old): orjson.dumps(new) for old, new in pairs}
        self.unused = {old for old, _ in pairs}
        """The texts that were in nothing yet that was asked for."""

    def body(self, body: bytes) -> bytes:
        """The body with its texts replaced; also one that is no JSON, as far as its texts are whole."""
        return TEXT.sub(self._text, body) if self._new else body

    def _text(self, found: "re.Match[bytes]") -> bytes:
        new = self._new.get(found[0])
        if new is None:
            return found[0]
        self.unused.discard(orjson.loads(found[0]))
        return new
