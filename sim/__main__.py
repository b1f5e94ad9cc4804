"""`python -m sim`."""

from __future__ import annotations

import sys

from sim.interrupts import InterruptedRun, answer_interrupts


def main() -> None:
    """Be ready for Ctrl-C before anything that takes time is imported."""
    answer_interrupts()
    try:
        from sim.cli.app import main as call

        call()
    except InterruptedRun:
        sys.stderr.write("已中断。 / Interrupted.\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
