"""`python -m sim`."""

from __future__ import annotations

import sys
from typing import NoReturn

from sim.base.processes import InterruptedRun, answer_interrupts, was_asked_to_stop


def main() -> None:
    """Be ready for Ctrl-C before anything that takes time is imported."""
    answer_interrupts()
    try:
        from sim.cli.app import main as call

        call()
    except InterruptedRun:
        _give_up()
    except Exception:
        if was_asked_to_stop():  # while modules were loaded, a library wrapped the interrupt in an error of its own
            _give_up()
        raise


def _give_up() -> NoReturn:
    sys.stderr.write("已中断。 / Interrupted.\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
