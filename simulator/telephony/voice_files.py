"""Voice files of an application: uploaded, then approved or refused; only an approved one can be named (ax_axb.md 0.1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum


class VoiceFileState(Enum):
    """How far a file has come in the console."""

    UPLOADED = "uploaded"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class VoiceFile:
    """One file; `size_bytes` None where nobody said how large it is."""

    name: str
    state: VoiceFileState = VoiceFileState.APPROVED
    size_bytes: int | None = None


def shelf(files: Iterable[str | VoiceFile]) -> Mapping[str, VoiceFile]:
    """Files by name; a name alone is an approved file, the last of two with one name counts."""
    found = (VoiceFile(one) if isinstance(one, str) else one for one in files)
    return {one.name: one for one in found}
