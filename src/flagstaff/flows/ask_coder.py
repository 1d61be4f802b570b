"""Have a model that the operator chose code the comments of a run too: redacted words, each sending on the record.

It is asked by the worker, for the process that computes has neither a network nor keys. Comments go out in an order
that has nothing to do with the audit's: those that stay unanswered must not be the ones nobody audits. Whatever goes
wrong, the run goes on by the house's own coder with the answers there are, and says so.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final, TypeAlias
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.corpus.apart import KEPT_UP_TO, Far
from flagstaff.flows.house import House
from flagstaff.insight.dive import POOLED_UNDER
from flagstaff.insight.dives import Claimed
from flagstaff.insight.endpoint import Endpoint, Missed
from flagstaff.insight.prompting import Coder, Outcome, Unanswered, as_sent, asked_of
from flagstaff.kernel.outgoing import Check, Outgoing
from flagstaff.kernel.settings import Secret, Settings
from flagstaff.platforms.rules import check_addresses, read_webhook
from flagstaff.store.database import Connection
from flagstaff.store.roles import Role
from flagstaff.vault import answers as kept_answers, opening

TRIES: Final = 4
"""Times that one question is put before the model is given up."""
UNREADABLE_AT_MOST: Final = 3
"""Answers one after another that are none: what is asked then is not a model, or one that cannot do it."""
PAUSE: Final = 1.0
"""Seconds before the second try, twice as many before each further one, where the server does not say."""
_LISTENS: Final = 0.5
_AT_ONCE: Final = 1_000


_Batch: TypeAlias = Sequence[tuple[str, Sequence[UUID]]]


class Said(msgspec.Struct, frozen=True):
    """One comment of a run that may be sent: its words are redacted. `person`: the run's own hash, which is not."""

    ref: UUID
    words: str
    person: bytes


def coder_of(settings: Settings) -> Coder | None:
    """Return the model that the operator set, None where there is none.

    A name, a password and a query are no part of what it is: they would stand in the log.
    """
    if not settings.coder_url or not settings.coder_model:
        return None
    try:
        parts = urlsplit(settings.coder_url)
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2].lower()
    endpoint = f"{parts.scheme}://{host}{parts.path.rstrip('/')}"
    return Coder(endpoint=endpoint, model=settings.coder_model) if host else None


def coder_check(settings: Settings) -> Check:
    """Return the check that every connection to a model goes through: that of webhooks, with a list of its own."""
    allowed = settings.coder_allow
    return lambda url, addresses: check_addresses(read_webhook(url, allowed), addresses)


class Questions:
    """The comments of one run before a model. After the last step `answers` and `outcome` are whole."""

    def __init__(self, house: House, run: Claimed, coder: Coder, comments: Mapping[UUID, Said]) -> None:
        """Make ready to ask; `comments` by the run's row."""
        self._house, self._run, self._coder = house, run, coder
        self._rows = {row: one for row, one in comments.items() if as_sent(one.words)}
        self._row_of = {one.ref: row for row, one in self._rows.items()}
        self._asked = asked_of(coder, run.lines)
        self._ended: Unanswered | None = None
        self._kept = 0
        self.answers: dict[UUID, str] = {}

    @property
    def outcome(self) -> Outcome:
        """Say what came of it."""
        many = len(self._rows)
        return Outcome(comments=many, answered=len(self.answers), kept=self._kept, ended=self._ended)

    async def steps(self) -> AsyncGenerator[Far, None]:
        """Ask, and say now and then how far it is; closing it ends what is under way."""
        asking = asyncio.create_task(self._ask_all())
        try:
            while not (await asyncio.wait({asking}, timeout=_LISTENS))[0]:
                yield Far("ask", len(self.answers), len(self._rows))
            asking.result()
        finally:
            asking.cancel()
            await asyncio.wait({asking})

    async def _ask_all(self) -> None:
        settings = self._house.settings
        now = coder_of(settings)
        if now is None or settings.coder_url is None:
            self._ended = Unanswered.UNSET
        elif now != self._coder:
            self._ended = Unanswered.CHANGED
        elif len({one.person for one in self._rows.values()}) < POOLED_UNDER:
            self._ended = Unanswered.TOO_FEW
        elif len(self._rows) > KEPT_UP_TO:
            self._ended = Unanswered.TOO_MANY
        else:
            await self._recall()
            async with _outgoing(settings) as outgoing:
                try:
                    key = await asyncio.to_thread(_key_of, settings)
                except (OSError, ValueError):
                    self._ended = Unanswered.UNSET
                    return
                await self._ask_rest(Endpoint(outgoing, settings.coder_url, self._coder.model, key))

    async def _recall(self) -> None:
        """Take what was answered before, for an earlier run or before this one was begun anew."""
        refs = sorted(self._row_of)
        for start in range(0, len(refs), _AT_ONCE):
            some = refs[start : start + _AT_ONCE]
            async with self._house.database.transaction(Role.ANALYST) as connection:
                known = await kept_answers.known(connection, self._asked, some)
                await self._store(connection, dict(known))
        self._kept = len(self.answers)

    async def _ask_rest(self, endpoint: Endpoint) -> None:
        """Ask batch by batch until all are answered, or the model is given up."""
        unreadable = 0
        for batch in self._batches():
            try:
                unreadable = 0 if await self._ask(endpoint, batch) else unreadable
            except Missed as missed:
                unreadable += 1
                if missed.why is not Unanswered.UNREADABLE or unreadable == UNREADABLE_AT_MOST:
                    self._ended = missed.why
                    return
                await self._keep([(rows, None) for _, rows in batch])

    def _batches(self) -> Iterator[_Batch]:
        """Put together what is asked at once, what says the same once, in an order of this run alone."""
        same: dict[str, list[UUID]] = {}
        for row in sorted(self._rows.keys() - self.answers.keys(), key=self._turn):
            same.setdefault(as_sent(self._rows[row].words), []).append(row)
        every = list(same.items())
        size = self._house.settings.coder_batch
        for start in range(0, len(every), size):
            yield every[start : start + size]

    def _turn(self, row: UUID) -> bytes:
        return sha256(b"ask" + self._run.key.bytes + row.bytes).digest()

    async def _still_there(self, batch: _Batch) -> _Batch:
        """Leave out what was erased since the run read it."""
        async with self._house.database.reading(Role.ANALYST) as connection:
            among = await opening.comments_among(connection, [row for _, rows in batch for row in rows])
        there = {one.flag for one in among if one.ref is not None}
        left = [(words, [row for row in rows if row in there]) for words, rows in batch]
        return [(words, rows) for words, rows in left if rows]

    async def _ask(self, endpoint: Endpoint, batch: _Batch) -> bool:
        """Put one question until it is answered, and keep that; raises Missed where asking again does not help.

        Return whether there was anything to ask: before each try it is looked what was erased meanwhile.
        """
        for pauses in range(TRIES):
            there = await self._still_there(batch)
            if not there:
                return False
            await self._record(len(there))
            try:
                found = await endpoint.ask(self._run.lines, [words for words, _ in there])
            except Missed as missed:
                if not missed.again or pauses + 1 == TRIES:
                    raise
                await asyncio.sleep(PAUSE * 2**pauses if missed.after is None else missed.after)
            else:
                await self._keep([(rows, found.get(place)) for place, (_, rows) in enumerate(there)])
                return True
        raise Missed(Unanswered.BUSY)

    async def _record(self, comments: int) -> None:
        """Say in the log what is about to be sent, and where; committed before it is."""
        entry = Entry(
            self._house.ids.key(), self._house.now, "dive.sent", str(self._run.asked_by), f"dive:{self._run.key}",
            self._run.platform,
            {
                "run": self._run.number, "endpoint": self._coder.endpoint, "model": self._coder.model,
                "comments": comments,
            },
        )  # fmt: skip
        async with self._house.database.transaction(Role.WORKER) as connection:
            await audit.record(connection, [entry])

    async def _keep(self, found: Sequence[tuple[Sequence[UUID], str | None]]) -> None:
        themes = {self._rows[row].ref: theme for rows, theme in found for row in rows}
        async with self._house.database.transaction(Role.ANALYST) as connection:
            await self._store(connection, themes)

    async def _store(self, connection: Connection, themes: Mapping[UUID, str | None]) -> None:
        """Keep answers by comment and use what stands then: nothing else is there when the run is made again."""
        await kept_answers.put(connection, self._run.key, self._asked, themes)
        stand = await kept_answers.known(connection, self._asked, list(themes), self._run.key)
        self.answers |= {self._row_of[ref]: theme for ref, theme in stand.items()}


@contextlib.asynccontextmanager
async def _outgoing(settings: Settings) -> AsyncIterator[Outgoing]:
    own = Outgoing(coder_check(settings), patience=settings.coder_seconds)
    try:
        yield own
    finally:
        await own.close()


def _key_of(settings: Settings) -> Secret | None:
    """Return what the endpoint wants to be shown, None where nothing is set; raises OSError and ValueError."""
    key = settings.coder_key
    if settings.coder_key_file is not None:
        key = Secret(settings.coder_key_file.read_text(encoding="utf-8").strip())
    if key is not None and not (key.reveal().isascii() and key.reveal().isprintable()):
        msg = "a key is made of printable ASCII"
        raise ValueError(msg)
    return key
