"""The program of one process of `pnsim load`; started by it, not by people."""

import signal
import sys

from simulator.cli.loop import run
from simulator.load.worker import work


def main() -> None:
    """Work until the plan is done. Ctrl-C is for the process that started this one, which then says stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # unbuffered: a thread that waits for the next line must hold no lock when the program ends
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as orders:
        run(work(orders, sys.stdout.buffer))


if __name__ == "__main__":
    main()
