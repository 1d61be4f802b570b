"""Run one command of Flagstaff as its own process, under a wall clock that the run can move.

python -m bench.chaos.part CLOCK ARGUMENTS…

Nothing else differs from `flagstaff ARGUMENTS…`, except that a delivery waits less long for a silent receiver.
"""

import sys
from pathlib import Path

from bench.chaos.moved_clock import follow
from flagstaff.cli import main
from flagstaff.delivery.sending import Sender

PATIENCE = 1.5


def run() -> None:
    """Follow the clock, then be Flagstaff."""
    follow(Path(sys.argv[1]))
    (Sender.__init__.__kwdefaults__ or {})["patience"] = PATIENCE
    sys.argv = ["flagstaff", *sys.argv[2:]]
    main()


if __name__ == "__main__":
    run()
