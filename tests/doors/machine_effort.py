"""How hard machines try: a little and always alike in every run of the tests, more and otherwise by hand.

`python3 dev.py bench bad_input --times 20 --seed 7` sets the three variables below and makes a page of the counts.
"""

import json
import os
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, Phase, seed as seeded, settings

TIMES: Final = int(os.environ.get("FLAGSTAFF_TEST_MACHINE_TIMES", "1"))
SEED: Final = int(os.environ.get("FLAGSTAFF_TEST_MACHINE_SEED", "0"))
COUNTS: Final = os.environ.get("FLAGSTAFF_TEST_MACHINE_COUNTS")
Test = TypeVar("Test", bound=Callable[..., Any])


def seed_of(name: str, turn: int = 0) -> int:
    """Return a seed of its own for a name: the same in every run under the same SEED."""
    return zlib.crc32(f"{SEED} {name} {turn}".encode())


def tried(quick: int, name: str) -> Callable[[Test], Test]:
    """Return what binds a test by Hypothesis to some examples (times TIMES) and to a seed, alike in every run."""
    chosen = settings(
        max_examples=quick * TIMES,
        deadline=None,
        database=None,
        # By hand a finding is wanted soon; making it small takes minutes where each try asks a database.
        phases=[Phase.generate] if TIMES > 1 else [Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )

    def bind(test: Test) -> Test:
        return seeded(seed_of(name))(chosen(test))

    return bind


def keep_counts(name: str, sent: Mapping[str, int]) -> None:
    """Write what was sent, by role, where somebody asked for it."""
    if COUNTS:
        (Path(COUNTS) / f"{name}.json").write_text(json.dumps(dict(sent)))
