"""An erased person is gone: from the vault, from what they wrote, and from a backup that is restored later."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest
import pytest_asyncio

from flagstaff.flows.erase_person import ErasureDone, erase_person
from flagstaff.flows.house import House
from flagstaff.flows.replay_erasures import replay_erasures
from flagstaff.flows.sent_flag import Neighbour
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.errors import Forbidden
from flagstaff.kernel.ids import SeededIds
from flagstaff.kernel.settings import Settings
from flagstaff.store.database import Address, Database
from flagstaff.store.roles import Role
from flagstaff.vault import admission
from flagstaff.vault.admission import Words
from flagstaff.vault.erasing import BrokenErasureList, read_erasures
from flagstaff.vault.keys import KeysReadable
from flagstaff.vault.model import Field
from flagstaff.vault.sealing import CannotOpen
from flagstaff.vocabulary.roles import StaffRole
from tests.clusters import binaries_under_test, owner
from tests.desks import account, case_of, moderator, rows
from tests.houses import HARBORLANE, build_house, flag, open_keys, person, seen, sent

EVE = "eve"
SECRET = "canary-of-eve"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    return folder


@pytest_asyncio.fixture
async def house(own_database: Database, ids: SeededIds, clocks: Clocks, keys: Path) -> House:
    """Give a house in which Eve wrote, flagged, added, appealed and was quoted."""
    house = await build_house(own_database, ids, clocks)
    house = dataclasses.replace(house, settings=Settings(keys=keys))
    await _let_eve_live(house)
    return house


async def _let_eve_live(house: House) -> None:
    hers = seen("private_message", "m-eve", author=EVE, words=f"{SECRET} message")
    await flag(
        house,
        sent(EVE, seen(id_="job-1"), details=f"{SECRET} details, he cheats"),
        sent("tom", seen(id_="job-1"), details="words of tom, kept for ever"),
        sent(
            "tom",
            hers,
            "private_message.free_work",
            details="words of tom, kept as well",
            participants=(EVE, "tom"),
            neighbours=(Neighbour("m-0", f"{SECRET} neighbour"),),
        ),
    )
    await flag(
        house, sent(EVE, seen(id_="job-1"), "job_post.off_platform_payment", details=f"{SECRET} addendum")
    )
    await _appeal(house, await case_of(house, "m-eve"))


async def _appeal(house: House, case: UUID) -> None:
    """Let Eve appeal as author, with words."""
    decision, appeal, voice = (house.ids.key() for _ in range(3))
    async with house.database.transaction(Role.OWNER) as connection:
        await connection.execute(
            'insert into decisions.decision (key, number, platform, "case", subject, verdict, severity,'
            " guidelines_version, words_at, reason, state, decided_by, decided_at, not_before)"
            " select $1, 'D-1', platform, key, subject, 'no_violation', 2, 1, $3, '', 'effective', $1, $3, $3"
            " from cases.case where key = $2",
            *(decision, case, house.now),
        )
        await connection.execute(
            'insert into appeals.appeal (key, number, platform, decision, "case", state, received_at, answer_by)'
            " values ($1, 'A-1', 'harborlane', $2, $3, 'received', $4, $4)",
            *(appeal, decision, case, house.now),
        )
        await connection.execute(
            "insert into appeals.voice (key, appeal, number, voice, author, has_words, received_at)"
            " select $1, $2, 'A-2', 'author', key, true, $3 from subjects.author where person = $4",
            *(voice, appeal, house.now, EVE),
        )
    words = Words(Field.APPEAL, voice, case, HARBORLANE, f"{SECRET} appeal")
    async with house.database.transaction(Role.INTAKE) as connection:
        batch, day = house.sealer.batch(), house.now.date()
        await admission.leave_words(connection, [words], batch, house.ids, day)


async def _readable(house: House) -> str:
    """Return everything that somebody with all keys and all rights could read in a database."""
    _, opener, _ = open_keys()
    texts = []
    for row in await rows(house, "select ref::text, platform, field, sealed from vault.words"):
        place = {"platform": str(row["platform"]), "table": "vault.words", "row": str(row["ref"])}
        assert isinstance(row["sealed"], bytes)
        texts.append(opener.open(row["sealed"], field=str(row["field"]), **place).decode())
    for row in await rows(house, "select encode(hash, 'hex') as hash, platform, sealed from vault.person"):
        place = {"platform": str(row["platform"]), "table": "vault.person", "row": str(row["hash"])}
        assert isinstance(row["sealed"], bytes)
        texts.append(f"<{opener.open(row['sealed'], field='id', **place).decode()}>")
    tables = await rows(
        house,
        "select n.nspname || '.' || c.relname as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n"
        " on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')",
    )
    for table in tables:
        texts += [
            str(row["row"]) for row in await rows(house, f"select t::text as row from {table['name']} t")
        ]
    return "\n".join(texts)


async def test_everything_of_the_person_goes_and_the_rest_stays(house: House, ids: SeededIds) -> None:
    before = await _readable(house)
    assert before.count(SECRET) == 5, "details, addendum, neighbour, appeal, snapshot"
    hashes = await rows(house, "select content_hash from subjects.snapshot order by key")
    done = await erase_person(house, account(ids, StaffRole.ADMIN), person(EVE))
    after = await _readable(house)
    assert (SECRET in after, f"<{EVE}>" in after) == (False, False)
    assert after.count("words of tom") == 2
    assert "<tom>" in after
    assert done == ErasureDone(flags=1, words=3, copies=1)
    assert await rows(house, "select content_hash from subjects.snapshot order by key") == hashes
    assert len(await rows(house, "select 1 from flags.flag")) == 3
    assert len(await rows(house, "select 1 from decisions.decision")) == 1
    (author,) = await rows(house, "select state from subjects.author where person = $1", EVE)
    assert author["state"] == "erased"


async def test_it_stands_in_the_audit_without_a_name(house: House, ids: SeededIds) -> None:
    admin = account(ids, StaffRole.ADMIN)
    await erase_person(house, admin, person(EVE))
    (entry,) = await rows(house, "select * from audit.entry where deed = 'person.erased'")
    assert entry["actor"] == str(admin.key)
    assert entry["facts"] == {"flags": 1, "words": 3, "copies": 1}
    assert EVE not in str(entry)


async def test_erasing_twice_or_a_stranger_changes_nothing(house: House) -> None:
    await erase_person(house, None, person(EVE))
    once = await rows(house, "select key, person, state from subjects.author order by key")
    assert await erase_person(house, None, person(EVE)) == ErasureDone()
    assert await erase_person(house, None, person("nobody-we-know")) == ErasureDone()
    assert await rows(house, "select key, person, state from subjects.author order by key") == once


async def test_it_takes_a_permission(house: House, ids: SeededIds) -> None:
    with pytest.raises(Forbidden):
        await erase_person(house, moderator(ids), person(EVE))
    assert SECRET in await _readable(house)
    assert read_erasures(house.settings.keys_folder) == ([], [])


async def test_who_comes_back_is_a_stranger(house: House) -> None:
    (before,) = await rows(
        house,
        "select tag from flags.flag f join vault.link l on l.flag = f.key join vault.person p on p.key = l.person"
        " where p.hash = $1",
        house.sealer.person_hash(person(EVE)),
    )
    await erase_person(house, None, person(EVE))
    await flag(house, sent(EVE, seen(id_="job-1")))
    tags = [row["tag"] for row in await rows(house, "select tag from flags.flag")]
    assert len(set(tags)) == 4
    assert tags.count(before["tag"]) == 1


@pytest_asyncio.fixture
async def restored(house: House, tmp_path: Path, cluster: Address) -> AsyncIterator[House]:
    """Give the house as a backup from before the erasure brings it back, and Eve erased since."""
    backup = tmp_path / "backup"
    assert house.database.address.database is not None
    await _run(
        cluster,
        "pg_dump",
        "--format=custom",
        f"--file={backup}",
        f"--dbname={house.database.address.database}",
    )
    await erase_person(house, None, person(EVE))
    async with _empty_database(cluster) as address:
        await _run(cluster, "pg_restore", "--exit-on-error", f"--dbname={address.database}", str(backup))
        database = await Database.open(address, Role)
        try:
            yield dataclasses.replace(house, database=database)
        finally:
            await database.close()


class _empty_database:  # noqa: N801 - used like a function
    """Make a database to restore into."""

    def __init__(self, cluster: Address) -> None:
        self._service = msgspec.structs.replace(cluster, database="postgres")
        self._name = f"restored_{uuid4().hex}"

    async def __aenter__(self) -> Address:
        async with owner(self._service) as connection:
            await connection.execute(f"create database {self._name} template template0")
        return msgspec.structs.replace(self._service, database=self._name)

    async def __aexit__(self, *_: object) -> None:
        async with owner(self._service) as connection:
            await connection.execute(f"drop database if exists {self._name} with (force)")


async def _run(cluster: Address, program: str, *words: str) -> None:
    """Run a program of PostgreSQL as the owner, over the cluster's own socket."""
    url = cluster.url.reveal()
    from urllib.parse import parse_qs, unquote, urlsplit

    parts = urlsplit(url)
    environment = {
        "PGHOST": parse_qs(parts.query)["host"][0],
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
    }
    process = await asyncio.create_subprocess_exec(
        str(binaries_under_test().bin / program), *words, env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 0, said.decode()


class TestRestore:
    async def test_a_backup_from_before_brings_the_person_back(self, restored: House) -> None:
        """Or else the drill below would prove nothing."""
        found = await _readable(restored)
        assert (found.count(SECRET), f"<{EVE}>" in found) == (5, True)

    async def test_a_replay_leaves_no_readable_word_and_no_address(self, restored: House) -> None:
        assert await replay_erasures(restored) == ErasureDone(flags=1, words=3, copies=1)
        found = await _readable(restored)
        assert (SECRET in found, f"<{EVE}>" in found) == (False, False)
        assert found.count("words of tom") == 2
        assert await replay_erasures(restored) == ErasureDone(), "again it finds nothing"

    async def test_rights_come_back_with_the_backup(self, restored: House) -> None:
        with pytest.raises(Exception, match="permission denied"):
            await _select_as(restored, Role.INTAKE)


async def _select_as(house: House, role: Role) -> None:
    async with house.database.reading(role) as connection:
        await connection.execute("select * from vault.words")


class TestTheList:
    async def test_it_names_nobody_and_is_readable_by_its_owner_only(self, house: House, keys: Path) -> None:
        await erase_person(house, None, person(EVE))
        path = keys / "erasures.list"
        assert EVE not in path.read_text()
        assert path.stat().st_mode & 0o077 == 0
        (line,), broken = read_erasures(keys)
        assert (line.person_hash, broken) == (house.sealer.person_hash(person(EVE)), [])

    async def test_half_a_line_at_a_crash_swallows_no_later_one(self, house: House, keys: Path) -> None:
        path = keys / "erasures.list"
        path.touch(0o600)
        path.write_bytes(b'{"at":"2026-0')
        await erase_person(house, None, person(EVE))
        lines, broken = read_erasures(keys)
        assert (len(lines), broken) == (1, [1])
        with pytest.raises(BrokenErasureList, match="lines cannot be read: 1"):
            await replay_erasures(house)

    async def test_a_list_that_others_may_change_is_refused(self, house: House, keys: Path) -> None:
        await erase_person(house, None, person(EVE))
        (keys / "erasures.list").chmod(0o644)
        with pytest.raises(KeysReadable):
            await replay_erasures(house)

    async def test_the_line_stands_even_where_the_database_fails(self, house: House, keys: Path) -> None:
        """It is written first: an erasure may be done twice, never be lost."""
        await house.database.close()
        with pytest.raises(Exception, match="closed"):
            await erase_person(house, None, person(EVE))
        assert len(read_erasures(keys)[0]) == 1


def test_moved_words_do_not_open() -> None:
    """Words put in place of another flag's are refused, whoever moves them."""
    sealer, opener, _ = open_keys()
    place = {"platform": HARBORLANE, "table": "vault.words", "field": "details"}
    with pytest.raises(CannotOpen):
        opener.open(sealer.batch().seal(b"x", row="a", **place), row="b", **place)
