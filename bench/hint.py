"""Measure what a hint and a menu cost over HTTP, and how often a hint finds the option that somebody means.

    python3 dev.py bench hint                     both, about four minutes
    python3 dev.py bench hint --quick             short rounds; nothing is kept
    python3 dev.py bench hint --only hits         only how often; two seconds

The comments are not part of the repository: `--data FOLDER` (or FLAGSTAFF_SHARED) says where they lie; without them
that part is skipped, and says so. The load is sent by wrk.
"""

import argparse
import asyncio
import os
from pathlib import Path

import uvloop

from bench.hint_parts.cost import LOADS, cost
from bench.hint_parts.hits import hits
from bench.intake_parts.load import MISSING, has_wrk
from bench.intake_parts.rounds import Plan

PARTS = ("hits", "cost")


async def main(arguments: argparse.Namespace) -> None:
    """Run the parts that were asked for, one after the other."""
    quick = arguments.quick
    if "hits" in arguments.only:
        hits(arguments.data, publish=not quick)
    if "cost" in arguments.only:
        if not has_wrk():
            raise SystemExit(MISSING.splitlines()[-1] + "   (hints are measured with it only)")
        plan = Plan(rounds=1, seconds=1) if quick else Plan(rounds=3, seconds=3)
        await cost(LOADS, plan, publish=not quick)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="short rounds; the result is not kept")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="some parts only")
    data = os.environ.get("FLAGSTAFF_SHARED")
    parser.add_argument(
        "--data", type=Path, default=Path(data) if data else None, help="the folder with the comments"
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(parser.parse_args()))
