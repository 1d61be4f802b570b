"""Do one deep dive in a process of its own: it takes a processor for minutes, and what it reads ends with it.

The process is given comments over a pipe, and neither keys nor a way to the database. Nothing is written to a disk, and
what goes wrong inside is told by one word: a trace could quote a comment.
"""

import asyncio
import contextlib
import os
import sys
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Container, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, BinaryIO, Final, TypeAlias
from uuid import UUID

import msgspec

from flagstaff.insight.dive import POOLED_UNDER, Comment, Label, Line, Proposal, Stage
from flagstaff.insight.prompting import Coder

if TYPE_CHECKING:
    from flagstaff.language.embedding import Vectors

KEPT_UP_TO: Final = 10_000
"""Comments of a run up to which vectors are kept: those of more are made anew by cheaper means."""
_HEAD: Final = 4
_AT_ONCE: Final = 256
_ROWS: Final = 5_000
_GIVEN_ON: Final = ("PATH", "LANG", "LC_", "PYTHON", "LD_LIBRARY_PATH", "DYLD_")


# ---------------------------------------------------------------- what goes in
class Given(msgspec.Struct, frozen=True, array_like=True):
    """One opened comment. `vector`: as an earlier run made it; empty where none did."""

    row: UUID
    kind: str
    day: date
    person: bytes
    place: bytes
    words: str
    vector: bytes = b""


class Read(msgspec.Struct, frozen=True, tag="read"):
    """Some of the comments."""

    comments: tuple[Given, ...]


class Begin(msgspec.Struct, frozen=True, tag="begin", kw_only=True):
    """All comments are there. `language`: only those in it are counted; blank: all.

    `coder`, `answers`: a model that was asked too, with what it answered about some of them.
    """

    lines: tuple[Line, ...]
    labels: tuple[Label, ...]
    gone: int
    language: str = ""
    coder: Coder | None = None
    answers: dict[UUID, str] = {}


# ---------------------------------------------------------------- what comes out
class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The process stands; vectors it makes are of this model."""

    model: str


class Far(msgspec.Struct, frozen=True, tag="far"):
    """How far it came with a stage."""

    stage: str
    done: int
    total: int


class Made(msgspec.Struct, frozen=True, tag="made"):
    """Vectors that were made just now."""

    vectors: dict[UUID, bytes]


class RowFound(msgspec.Struct, frozen=True, array_like=True):
    """What it says of one comment. `month`: its first day."""

    row: UUID
    kind: str
    language: str
    month: date
    place: bytes
    theme: str
    probability: float
    second: str


class RowsFound(msgspec.Struct, frozen=True, tag="rows"):
    """What it says of some comments."""

    rows: tuple[RowFound, ...]


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The end: the table as canonical JSON, proposals for a codebook, rows to ask about next; no word of anybody."""

    table: bytes
    proposed: tuple[Proposal, ...]
    unsure: tuple[UUID, ...]


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """The end, without a table: why, in one word; what broke by the name of its class and its place in our code."""

    why: str
    error: str = ""
    file: str = ""
    line: int = 0


NOTHING_TO_READ: Final = "nothing_to_read"
TOO_FEW_PERSONS: Final = "too_few_persons"
BROKEN: Final = "broken"

Told: TypeAlias = Ready | Far | Made | RowsFound | Done | Refused
_encode: Final = msgspec.msgpack.Encoder().encode
_heard: Final = msgspec.msgpack.Decoder(Read | Begin)
_told: Final = msgspec.msgpack.Decoder(Told)


class ProcessEnded(Exception):
    """The process is gone before it told an end: somebody stopped it, or the machine had no memory left."""


# ---------------------------------------------------------------- the side that asks
class Apart:
    """The process as its parent has it: started by `apart`, and gone when that ends."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Listen to a process from now on."""
        self._process = process
        self._told: asyncio.Queue[Told | None] = asyncio.Queue()
        self._listening = asyncio.create_task(self._listen())

    async def give(self, message: Read | Begin) -> None:
        """Send something; raises ProcessEnded."""
        pipe = self._process.stdin
        if pipe is None or pipe.is_closing():
            raise ProcessEnded
        data = _encode(message)
        try:
            pipe.writelines([len(data).to_bytes(_HEAD), data])
            await pipe.drain()
        except ConnectionError as error:
            raise ProcessEnded from error

    async def ready(self, seconds: float) -> str:
        """Wait until it takes comments, looking so often, and return what it reads them with; raises ProcessEnded."""
        while not isinstance(told := await self.told(seconds), Ready):
            pass
        return told.model

    async def told(self, seconds: float) -> Told | None:
        """Return what it tells next, None where it is silent for so long; raises ProcessEnded."""
        try:
            async with asyncio.timeout(seconds):
                found = await self._told.get()
        except TimeoutError:
            return None
        if found is None:
            raise ProcessEnded
        return found

    async def stop(self) -> None:
        """End the process, whatever it does."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)

    async def _listen(self) -> None:
        pipe = self._process.stdout
        try:
            while pipe is not None:
                size = int.from_bytes(await pipe.readexactly(_HEAD))
                self._told.put_nowait(_told.decode(await pipe.readexactly(size)))
        except (asyncio.IncompleteReadError, ConnectionError, msgspec.MsgspecError):
            pass
        self._told.put_nowait(None)


@contextlib.asynccontextmanager
async def apart() -> AsyncIterator[Apart]:
    """Start a process; it is killed when the block ends, however that ends."""
    pipe = asyncio.subprocess.PIPE
    # No secret goes along: neither the address of the database nor anything else of the house.
    around = {name: value for name, value in os.environ.items() if name.startswith(_GIVEN_ON)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "flagstaff.corpus.apart",
        stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, env=around,
    )  # fmt: skip
    own = Apart(process)
    try:
        yield own
    finally:
        await asyncio.shield(own.stop())


# ---------------------------------------------------------------- the side that works
def serve(incoming: BinaryIO, outgoing: BinaryIO, ended: Callable[[], None] = lambda: None) -> None:
    """Take comments in, dive, and tell what was found; `ended` is called when nobody listens any more."""
    from flagstaff.language.embedding import MiniLM

    def tell(message: Told) -> None:
        data = _encode(message)
        outgoing.write(len(data).to_bytes(_HEAD) + data)
        outgoing.flush()

    tell(Ready(MiniLM.name))
    given: list[Given] = []
    for heard in _messages(incoming):
        if isinstance(heard, Read):
            given.extend(heard.comments)
            continue
        threading.Thread(target=_watch, args=(incoming, ended), daemon=True).start()
        try:
            for message in _dive(given, heard, tell):
                tell(message)
        except Exception as error:  # noqa: BLE001 - whatever it is, its words must not get out
            tell(_broken(error))
        return


def _broken(error: Exception) -> Refused:
    ours = [one for one in traceback.extract_tb(error.__traceback__) if "flagstaff" in one.filename]
    file = ours[-1].filename.rpartition("flagstaff/")[2]
    return Refused(BROKEN, type(error).__name__, file, ours[-1].lineno or 0)


def _messages(incoming: BinaryIO) -> Iterator[Read | Begin]:
    while len(head := incoming.read(_HEAD)) == _HEAD:
        yield _heard.decode(incoming.read(int.from_bytes(head)))


def _watch(incoming: BinaryIO, ended: Callable[[], None]) -> None:
    # The pipe ends with the process at its other end: nobody wants the table any more.
    incoming.read(1)
    ended()


def _dive(given: Sequence[Given], asked: Begin, tell: Callable[[Told], None]) -> Iterator[Told]:
    from flagstaff.language.written_in import written_in

    comments: list[Comment] = []
    for number, one in enumerate(given):
        if number % _ROWS == 0:
            tell(Far(Stage.PREPARE, number, len(given)))
        language = written_in(one.words)
        if asked.language in {"", language}:
            comments.append(
                Comment(
                    row=one.row, kind=one.kind, language=language, day=one.day, person=one.person,
                    place=one.place, words=one.words,
                )
            )  # fmt: skip
    if not comments:
        yield Refused(NOTHING_TO_READ)
        return
    if len({one.person for one in comments}) < POOLED_UNDER:
        yield Refused(TOO_FEW_PERSONS)
        return
    from flagstaff.corpus.answering import Answers
    from flagstaff.corpus.dive import Asked, dive

    vectors = {one.row: one.vector for one in given if one.vector}
    found = dive(
        Asked(
            comments=tuple(comments), lines=asked.lines, labels=asked.labels, gone=asked.gone,
            vectors=vectors, answers=Answers(asked.coder, asked.answers) if asked.coder else None,
        ),
        lambda stage, done, total: tell(Far(stage, done, total)),
        _Kept(comments, vectors, tell) if len(comments) <= KEPT_UP_TO else None,
    )  # fmt: skip
    by_row = {one.row: one for one in comments}
    for start in range(0, len(found.coded), _ROWS):
        yield RowsFound(
            tuple(
                RowFound(
                    one.row, (of := by_row[one.row]).kind, of.language, of.day.replace(day=1), of.place,
                    one.theme, one.probability, one.second,
                )
                for one in found.coded[start : start + _ROWS]
            )
        )  # fmt: skip
    # Working titles are somebody's own words: they stay in the vault, and a page that shows them opens them there.
    proposed = _quoted(found.proposed, comments)
    named = {one.key for one in proposed}
    rows = tuple(
        msgspec.structs.replace(one, name="") if one.key in named else one for one in found.table.rows
    )
    table = msgspec.structs.replace(found.table, rows=rows)
    yield Done(msgspec.json.encode(table, order="deterministic"), proposed, found.unsure)


def _quoted(lines: Sequence[Line], comments: Sequence[Comment]) -> tuple[Proposal, ...]:
    """Return lines by the comments that they quote; of those who say the same, the first in the audit's order."""
    from flagstaff.corpus.discover import BETWEEN, beginning
    from flagstaff.corpus.prepare import clean

    found: dict[str, UUID] = {}
    for one in sorted(comments, key=lambda one: one.place):
        found.setdefault(beginning(clean(one.words)), one.row)
    return tuple(
        Proposal(key=one.key, quotes=tuple(found[text] for text in _texts(one, found, BETWEEN)))
        for one in lines
    )


def _texts(line: Line, known: Container[str], between: str) -> Iterator[str]:
    """Take a line apart into the comments that it was put together from."""
    if line.name in known:
        yield line.name
    parts = line.meaning.split(between)
    while parts:
        size = next((n for n in range(1, len(parts) + 1) if between.join(parts[:n]) in known), None)
        if size is None:
            return
        if (text := between.join(parts[:size])) != line.name:
            yield text
        parts = parts[size:]


class _Kept:
    """The general embedder, which gives away what it made a page at a time: who begins anew goes on from there."""

    def __init__(
        self, comments: Sequence[Comment], known: Container[UUID], tell: Callable[[Told], None]
    ) -> None:
        from flagstaff.corpus.prepare import clean
        from flagstaff.language.embedding import MiniLM

        self._inner, self._tell = MiniLM(), tell
        self.name = self._inner.name
        self._rows: dict[str, UUID] = {}
        # Of those who say the same the first in the audit's order is the one whose vector is asked for.
        for one in sorted(comments, key=lambda one: one.place):
            self._rows.setdefault(clean(one.words), one.row)
        self._rows = {text: row for text, row in self._rows.items() if row not in known}

    def embed(self, texts: Sequence[str], told: Callable[[int], None] | None = None) -> "Vectors":
        import numpy as np

        pages = []
        for start in range(0, len(texts), _AT_ONCE):
            page = texts[start : start + _AT_ONCE]
            vectors = self._inner.embed(page)
            made = {
                self._rows.pop(text): vector.astype(np.float16).tobytes()
                for text, vector in zip(page, vectors, strict=True)
                if text in self._rows
            }
            if made:
                self._tell(Made(made))
            if told is not None:
                told(start + len(page))
            pages.append(vectors)
        return np.concatenate(pages) if pages else self._inner.embed([])


def main() -> None:
    """Serve whoever started this process, and nobody else."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump of the memory would hold the comments
    os.nice(10)
    outgoing = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    serve(sys.stdin.buffer, outgoing, lambda: os._exit(1))


if __name__ == "__main__":
    main()
