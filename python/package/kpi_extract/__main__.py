"""`python -m kpi_extract`: the command line."""

import signal
import sys

from ._native import main


def run() -> None:
    """Runs it and leaves with its exit status."""
    # An interruption ends it as it ends a program: Python would only take note until the end.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(main(["kpi-extract", *sys.argv[1:]]))


if __name__ == "__main__":
    run()
