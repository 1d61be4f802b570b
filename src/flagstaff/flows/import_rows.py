"""Say of each row what it means and whether it came in before: it has an identity, whatever file it stands in."""

from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from flagstaff.flows.house import House
from flagstaff.flows.import_policy import against_policy
from flagstaff.imports import storage as imports
from flagstaff.imports.model import Content, Fault, Past, PastFlag, PastPerson, Plan, Record
from flagstaff.imports.rules import Meant, read_record, slots_of, subject_kind
from flagstaff.store.database import Connection
from flagstaff.vault.erasing import read_erasures
from flagstaff.vocabulary.references import PersonRef, Platform

_NOBODY = UUID(int=0)


class Row(msgspec.Struct, frozen=True):
    """A record on its way: what it means or why it means nothing, and what it is recognised by."""

    record: Record
    kind: str
    read: Past | Fault
    identity: UUID = _NOBODY
    content: UUID = _NOBODY

    @property
    def past(self) -> Past:
        """Return what it means."""
        if isinstance(self.read, Fault):
            raise TypeError(self.read.what)
        return self.read


class Sorted(msgspec.Struct, frozen=True):
    """The rows of one batch by what becomes of them, each in the order of the file."""

    fresh: list[Row]
    there: list[Row]
    down: list[tuple[Row, Fault]]


class RowReader:
    """Read the rows of one file under one mapping."""

    def __init__(self, house: House, plan: Plan) -> None:
        """Read with the policy and the business time of `house`."""
        self._house, self._plan, self._slots = house, plan, slots_of(plan)
        self._zone = ZoneInfo(plan.zone or house.policy.host(plan.platform).zone)
        erased, _ = read_erasures(house.settings.keys_folder)
        here = [one for one in erased if one.platform == plan.platform]
        self._erased = {one.person_hash for one in here} | {one.staff_hash for one in here}

    def run_key(self, fingerprint: bytes) -> UUID:
        """Return what a file under this mapping is recognised by."""
        return self._digest(b"run" + fingerprint + msgspec.json.encode(self._plan, order="sorted"))

    def read(self, record: Record) -> Row:
        """Return what a record means, or the first thing that is wrong with it."""
        plan, house = self._plan, self._house
        kind = subject_kind(record, plan)
        meant = read_record(record, plan, self._slots, house.now, self._zone)
        if isinstance(meant, Fault):
            return Row(record, kind, meant)
        fault = against_policy(house.policy, plan, meant.past) or self._gone(meant.past)
        if fault is not None:
            return Row(record, kind, fault)
        content = repr(sorted(record.values.items())).encode("utf-8", "surrogatepass")
        return Row(record, kind, meant.past, self._identity(meant, content), self._digest(content))

    def _identity(self, meant: Meant, content: bytes) -> UUID:
        """Name a row by the export's own id; where it has none, by all that stands in it."""
        plan = self._plan
        space = f"{plan.platform}\0{plan.rows.value}\0{plan.source}\0".encode()
        return self._digest(
            space + (b"id\0" + meant.name.encode() if meant.name is not None else b"row\0" + content)
        )

    def _digest(self, data: bytes) -> UUID:
        return UUID(bytes=self._house.sealer.body_digest(b"import\0" + data)[:16])

    def _gone(self, past: Past) -> Fault | None:
        """Turn down what names somebody who was erased here: an old export must not bring them back."""
        if not self._erased:
            return None
        for field, name in _people(past):
            person = PersonRef(Platform(self._plan.platform), name)
            sealer = self._house.sealer
            if self._erased & {sealer.person_hash(person), sealer.staff_hash(person)}:
                column = self._plan.columns.get(field, f"[constants] {field}")
                return Fault(column, "this person was erased here", "leave the row out, or the person in it")
        return None


def _people(past: Past) -> list[tuple[str, str]]:
    if isinstance(past, PastPerson):
        return [("person", past.person)]
    content = past if isinstance(past, Content) else past.content
    named = [("author", content.author)] if content.author is not None else []
    return [*named, ("reporter", past.reporter)] if isinstance(past, PastFlag) else named


async def sort_out(connection: Connection, rows: Sequence[Row], *, take: bool) -> Sorted:
    """Part rows that are new from those that came in before and those that cannot; with `take` the new ones are noted.

    The same id with other content is turned down: nothing that came in is changed, and nothing is lost unseen.
    """
    first: dict[UUID, Row] = {}
    for row in rows:
        if not isinstance(row.read, Fault):
            first.setdefault(row.identity, row)
    new = {row.identity: row.content for row in first.values()}
    fresh_ones = await imports.take(connection, new) if take else set(new)
    before = await imports.known(connection, new.keys() - fresh_ones if take else new.keys())
    found = Sorted([], [], [])
    for row in rows:
        if isinstance(row.read, Fault):
            found.down.append((row, row.read))
        elif row.identity not in before and first[row.identity] is row:
            found.fresh.append(row)
        elif before.get(row.identity, first[row.identity].content) == row.content:
            found.there.append(row)
        else:
            found.down.append((row, _REUSED))
    return found


_REUSED = Fault(
    "",
    "a row with this id came in before, and held something else",
    "give it another id; an export that numbers anew needs a source of its own in the mapping",
)
