"""The options of `[server]`, each once: name, environment name, flag, default, meaning, check."""

from collections.abc import Callable
from dataclasses import dataclass

from simulator.config import checks
from simulator.config.checks import Check


def _same(text: str) -> object:
    return text


def _whole(text: str) -> object:
    """A whole number from its text; anything else stays the text that the check then shows."""
    try:
        return int(text)
    except ValueError:
        return text


@dataclass(frozen=True, slots=True)
class Option:
    """One option; `from_text` reads an environment variable's or a flag's text, `check` judges any value."""

    name: str
    default: object
    help: str
    check: Check[object]
    from_text: Callable[[str], object] = _same
    metavar: str = "TEXT"

    @property
    def env(self) -> str:
        """Its environment variable."""
        return f"PNSIM_{self.name.upper()}"

    @property
    def flag(self) -> str:
        """Its flag on the command line."""
        return f"--{self.name.replace('_', '-')}"


PORT = checks.whole(0, 65535)
CLOCKS = ("real", "virtual")
EDITIONS = ("2019", "2022", "2026")
LOG_FORMATS = ("text", "json")
LOG_LEVELS = ("debug", "info", "warning", "error")

OPTIONS: dict[str, Option] = {
    option.name: option
    for option in (
        Option("host", "127.0.0.1", "Address that both ports listen on.", checks.host, metavar="ADDRESS"),
        Option("port", 8080, "Port of the platform's API; 0 is any free one.", PORT, _whole, "PORT"),
        Option("control_port", 8081, "Port of the control plane; 0 is any free one.", PORT, _whole, "PORT"),
        Option(
            "store",
            "memory",
            "Where it remembers: memory, or a file that it goes on from when started again.",
            checks.store,
            metavar="memory|FILE",
        ),
        Option("clock", "real", "real runs; virtual stands until told.", checks.one_of(CLOCKS), metavar="real|virtual"),
        Option(
            "tls",
            "off",
            "How the API port speaks: off, self-signed or two PEM files.",
            checks.tls,
            metavar="off|self-signed|CERT,KEY",
        ),
        Option(
            "edition",
            "2026",
            "Generation of the documents it follows.",
            checks.one_of(EDITIONS),
            metavar="|".join(EDITIONS),
        ),
        Option("seed", 7, "One seed, one story: ids and generated numbers.", checks.whole(0, 2**63 - 1), _whole, "N"),
        Option("start_at", None, "Where the story's clock starts.", checks.instant, metavar="INSTANT"),
        Option(
            "control_token",
            None,
            "Bearer token of the control plane instead of a new one.",
            checks.token,
            metavar="TOKEN",
        ),
        Option(
            "store_max_rows",
            None,
            "Journal rows kept, the newest; else 20,000 in memory, 1,000,000 in a file.",
            checks.whole(1, 1_000_000_000),
            _whole,
            "N",
        ),
        Option(
            "store_max_bytes",
            None,
            "Bytes of journal rows kept; else 16 MiB in memory, 1 GiB in a file.",
            checks.whole(1, 2**50),
            _whole,
            "N",
        ),
        Option(
            "log_format",
            "text",
            "How stderr is written: text, or one JSON object a line.",
            checks.one_of(LOG_FORMATS),
            metavar="|".join(LOG_FORMATS),
        ),
        Option(
            "log_level",
            "error",
            "What is told there: bugs; warning: also deliveries given up; info: also failed attempts, start and stop; "
            "debug: also refusals.",
            checks.one_of(LOG_LEVELS),
            metavar="|".join(LOG_LEVELS),
        ),
    )
}
