"""Let a run move the wall clock of the processes it watches: leases and retries need not be waited for."""

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flagstaff.kernel.clock import WallClock

_SIZE = 8


class MovedClock:
    """Share one number between processes: how many seconds their wall clock is ahead of the machine's."""

    def __init__(self, path: Path) -> None:
        """Open the file, made with zero where it is not there."""
        if not path.exists():
            path.write_bytes(bytes(_SIZE))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _SIZE)

    @property
    def ahead(self) -> float:
        seconds: float = struct.unpack_from("d", self._shared)[0]
        return seconds

    def jump(self, seconds: float) -> None:
        """Move on, or back by a negative number, in every process at once."""
        struct.pack_into("d", self._shared, 0, self.ahead + seconds)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)


def follow(path: Path) -> MovedClock:
    """Let every wall clock of this process read the shared one from now on."""
    moved = MovedClock(path)
    WallClock.now = lambda self: moved.now()  # type: ignore[method-assign]  # noqa: ARG005
    return moved
