"""Measure what one durable flag costs, beside four other ways to take it in, stage by stage, and as flags pile up.

    python3 dev.py bench intake            everything, about ten minutes
    python3 dev.py bench intake --quick    less often and with fewer flags: at most 90 seconds, and nothing is kept

Houses of its own are started in temporary folders, with a PostgreSQL that syncs to disk. Ratios within one run mean
something; seconds on a busy machine do not, hence CPU time. `--keep FOLDER` keeps the raw rounds there, and a run that
was cut goes on where it stood when it is called again on the same code.
"""

import argparse
import asyncio
from pathlib import Path

import uvloop

from bench.intake_parts.compare import compare
from bench.intake_parts.growth import growth
from bench.intake_parts.rounds import Plan
from bench.intake_parts.stages import stages


async def main(arguments: argparse.Namespace) -> None:
    """Run the parts that were asked for, one after the other."""
    quick, raw = arguments.quick, arguments.keep
    plan = Plan(rounds=2, seconds=1) if quick else Plan(rounds=arguments.rounds, seconds=3)
    connections = [1, 64] if quick else [1, 8, 64, 128, 256]
    if "compare" in arguments.only:
        await compare(connections, plan, raw, publish=not quick)
    if "stages" in arguments.only:
        print("\nwhere the CPU of a flag goes", flush=True)
        await stages([1, 64], plan, publish=not quick)
    if "growth" in arguments.only:
        print("\nas flags pile up", flush=True)
        sizes = [5_000, 20_000] if quick else [10_000, 100_000, 1_000_000]
        await growth(sizes, plan, publish=not quick)


PARTS = ("compare", "stages", "growth")

if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="at most 90 seconds; the result is not kept")
    parser.add_argument("--rounds", type=int, default=5, help="rounds per cell, 3 s each (5)")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="some parts only")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep raw rounds there, and go on from them"
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(parser.parse_args()))
