"""Who may open what: every role tried on every door of the vault, and every way round "ask, commit, take"."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from flagstaff.kernel.ids import SeededIds
from flagstaff.store.database import Connection, Database
from flagstaff.store.privileges import read_privileges
from flagstaff.store.roles import SERVANTS, Role
from flagstaff.vault import admission, opening, reporters, storage
from flagstaff.vault.admission import Newcomer, Words
from flagstaff.vault.model import Asking, Field, Purpose
from flagstaff.vault.storage import NotGranted
from flagstaff.vocabulary.references import PersonRef, Platform
from tests.houses import open_keys
from tests.storage.planted_run import plant_dive

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
SEALER, OPENER, _ = open_keys()
ANN = PersonRef(Platform("shop"), "ann")
DENIED = asyncpg.InsufficientPrivilegeError


class Left(msgspec.Struct, frozen=True):
    """One flag in one case, with words, as intake left it."""

    case: UUID
    flag: UUID
    ref: UUID
    account: UUID


@pytest_asyncio.fixture
async def left(database: Database, ids: SeededIds) -> Left:
    return await leave(database, ids)


async def leave(database: Database, ids: SeededIds, person: PersonRef = ANN) -> Left:
    case, flag = ids.key(), ids.key()
    async with database.transaction(Role.INTAKE) as connection:
        batch = SEALER.batch()
        await admission.admit(connection, [Newcomer(person)], SEALER, batch, ids)
        await admission.link(connection, SEALER, [person], [case], [flag])
        words = Words(Field.DETAILS, flag, case, person.platform, "I am Ann Smith, he cheated")
        await admission.leave_words(connection, [words], batch, ids, date(2026, 3, 2))
    async with database.reading(Role.CONSOLE) as connection:
        (ref,) = await opening.refs_of(connection, case)
    return Left(case, flag, ref.ref, ids.key())


def asking(left: Left, ids: SeededIds, purpose: Purpose, **changes: object) -> Asking:
    refs = (left.flag,) if purpose in {Purpose.SEND, Purpose.UNMASK} else (left.ref,)
    made = Asking(ids.key(), purpose, refs, "a reason", NOW, account=left.account, case=left.case)
    return msgspec.structs.replace(made, **changes)


async def take(connection: Connection, one: Asking, at: datetime = LATER) -> object:
    if one.purpose is Purpose.READ:
        return await storage.take_redacted(connection, one.key, at)
    if one.purpose in {Purpose.REVEAL, Purpose.REDACT}:
        return await storage.take_raw(connection, one.key, one.purpose, at)
    return await storage.take_address(connection, one.key, one.purpose, at)


OWN = {
    Role.READER: {Purpose.READ, Purpose.REVEAL, Purpose.UNMASK},
    Role.REDACTOR: {Purpose.REDACT},
    Role.POSTMAN: {Purpose.SEND},
    Role.ANALYST: {Purpose.DEEP_DIVE, Purpose.CODING, Purpose.ESTIMATE, Purpose.CHECK},
}


class TestEveryRoleAtEveryDoor:
    async def test_a_function_serves_the_roles_of_the_list_and_denies_all_others(
        self, database: Database
    ) -> None:
        allowed = {
            (grant.name.split("(")[0], grant.role)
            for grant in read_privileges()
            if grant.thing == "function" and grant.name.startswith("vault.")
        }
        functions = await _functions(database)
        assert {name for name, _ in functions} >= {name for name, _ in allowed}
        tried = 0
        for name, call in functions:
            for role in SERVANTS:
                denied = await _denies(database, role, call)
                assert denied is ((name, role.login) not in allowed), f"{role} at {name}: denied={denied}"
                tried += 1
        assert tried >= 20 * len(SERVANTS)

    @pytest.mark.parametrize("role", SERVANTS)
    async def test_no_role_reads_or_changes_a_table_of_the_vault(
        self, database: Database, role: Role
    ) -> None:
        columns = {"person": "key", "link": "flag", "words": "ref", "asking": "key", "unmasking": "key"}
        for table, column in columns.items():
            for statement in (
                f"select * from vault.{table}",
                f"select count(*) from vault.{table}",
                f"delete from vault.{table}",
                f"update vault.{table} set {column} = {column}",
                f"truncate vault.{table}",
                f"copy vault.{table} to stdout",
            ):
                assert await _denies(database, role, statement), statement

    async def test_intake_leaves_words_and_cannot_look_at_them(
        self, database: Database, ids: SeededIds
    ) -> None:
        insert = (
            'insert into vault.words (ref, platform, field, owner, "case", sealed, day) values '
            f"('{ids.key()}', 'shop', 'details', '{ids.key()}', '{ids.key()}', 'x', '2026-03-02')"
        )
        assert not await _denies(database, Role.INTAKE, insert)
        assert await _denies(database, Role.INTAKE, f"{insert} returning ref")
        assert await _denies(database, Role.INTAKE, f"{insert} on conflict (ref) do nothing")
        assert await _denies(database, Role.CONSOLE, insert)

    @pytest.mark.parametrize("role", SERVANTS)
    async def test_no_role_becomes_another_or_makes_a_function_of_its_own(
        self, database: Database, role: Role
    ) -> None:
        for other in (*SERVANTS, Role.OWNER):
            if other is not role:
                assert await _denies(database, role, f"set role {other.login}")
                assert await _denies(database, role, f"set session authorization {other.login}")
        for schema in ("vault", "public", "flags"):
            assert await _denies(
                database, role, f"create function {schema}.f() returns int language sql as 'select 1'"
            )


async def _functions(database: Database) -> list[tuple[str, str]]:
    """List every function of the vault with a call of it, all arguments null."""
    async with database.reading(Role.OWNER) as connection:
        rows = await connection.fetch(
            "select p.proname, array(select format_type(t, null) from unnest(p.proargtypes) t) as kinds "
            "from pg_catalog.pg_proc p where p.pronamespace = 'vault'::regnamespace order by 1"
        )
    return [
        (f"vault.{row[0]}", f"select vault.{row[0]}({', '.join(f'null::{kind}' for kind in row[1])})")
        for row in rows
    ]


async def _denies(database: Database, role: Role, statement: str) -> bool:
    """Tell whether the catalogue denies a statement, not whether a function's own rule does."""
    try:
        async with database.transaction(role) as connection:
            await connection.execute(statement)
    except DENIED as error:
        return "permission denied" in str(error)
    except asyncpg.PostgresError:
        return False
    return False


class TestPurposes:
    @pytest.mark.parametrize("purpose", list(Purpose))
    @pytest.mark.parametrize("role", list(OWN))
    async def test_a_role_asks_for_its_own_purposes_only(
        self, database: Database, ids: SeededIds, left: Left, role: Role, purpose: Purpose
    ) -> None:
        one = asking(left, ids, purpose)
        if purpose in {Purpose.DEEP_DIVE, Purpose.CODING}:
            await plant_dive(database, ids, ANN.platform, key=left.case, by=left.account)
        if purpose is Purpose.CHECK:
            await plant_dive(database, ids, ANN.platform, key=left.case, by=ids.key(), ready=True)
        if purpose in OWN[role]:
            async with database.transaction(role) as connection:
                await storage.ask(connection, one)
        else:
            with pytest.raises(NotGranted, match="may not open"):
                async with database.transaction(role) as connection:
                    await storage.ask(connection, one)

    @pytest.mark.parametrize(
        ("asked", "by", "taken"),
        [
            (Purpose.READ, Role.READER, Purpose.REVEAL),
            (Purpose.READ, Role.READER, Purpose.UNMASK),
            (Purpose.REVEAL, Role.READER, Purpose.READ),
            (Purpose.UNMASK, Role.READER, Purpose.REVEAL),
            (Purpose.UNMASK, Role.READER, Purpose.SEND),
            (Purpose.READ, Role.READER, Purpose.REDACT),
        ],
    )
    async def test_what_was_asked_for_one_purpose_serves_no_other(
        self, database: Database, ids: SeededIds, left: Left, asked: Purpose, by: Role, taken: Purpose
    ) -> None:
        one = asking(left, ids, asked)
        async with database.transaction(by) as connection:
            await storage.ask(connection, one)
        with pytest.raises(NotGranted):
            async with database.transaction(by) as connection:
                await take(connection, msgspec.structs.replace(one, purpose=taken))

    @pytest.mark.parametrize(
        ("asker", "purpose", "taker"),
        [
            (Role.READER, Purpose.REVEAL, Role.REDACTOR),
            (Role.REDACTOR, Purpose.REDACT, Role.READER),
            (Role.READER, Purpose.UNMASK, Role.POSTMAN),
            (Role.POSTMAN, Purpose.SEND, Role.READER),
        ],
    )
    async def test_what_one_role_asked_for_serves_no_other_role(
        self, database: Database, ids: SeededIds, left: Left, asker: Role, purpose: Purpose, taker: Role
    ) -> None:
        one = asking(left, ids, purpose)
        async with database.transaction(asker) as connection:
            await storage.ask(connection, one)
        with pytest.raises(NotGranted, match="nothing committed was asked"):
            async with database.transaction(taker) as connection:
                await take(connection, one)

    @pytest.mark.parametrize("purpose", [Purpose.READ, Purpose.REVEAL])
    @pytest.mark.parametrize("fault", ["another case", "no case", "no account", "no such words"])
    async def test_an_opening_names_an_account_and_words_of_one_case(
        self, database: Database, ids: SeededIds, left: Left, purpose: Purpose, fault: str
    ) -> None:
        other = await leave(database, ids)
        changes: dict[str, dict[str, object]] = {
            "another case": {"refs": (left.ref, other.ref)},
            "no case": {"case": None},
            "no account": {"account": None},
            "no such words": {"refs": (ids.key(),)},
        }
        with pytest.raises(NotGranted, match="only those of the case"):
            async with database.transaction(Role.READER) as connection:
                await storage.ask(connection, asking(left, ids, purpose, **changes[fault]))

    @pytest.mark.parametrize("changes", [{"reason": ""}, {"refs": ()}])
    async def test_an_opening_says_what_and_why(
        self, database: Database, ids: SeededIds, left: Left, changes: dict[str, object]
    ) -> None:
        with pytest.raises(asyncpg.CheckViolationError):
            async with database.transaction(Role.REDACTOR) as connection:
                await storage.ask(connection, asking(left, ids, Purpose.REDACT, **changes))


DOORS = [(Role.READER, Purpose.READ), (Role.READER, Purpose.REVEAL), (Role.REDACTOR, Purpose.REDACT),
         (Role.POSTMAN, Purpose.SEND)]  # fmt: skip


@pytest.mark.parametrize(("role", "purpose"), DOORS)
class TestAskCommitTake:
    async def test_committed_it_serves_once(
        self, database: Database, ids: SeededIds, left: Left, role: Role, purpose: Purpose
    ) -> None:
        one = asking(left, ids, purpose)
        async with database.transaction(role) as connection:
            await storage.ask(connection, one)
        async with database.transaction(role) as connection:
            assert await take(connection, one)
        with pytest.raises(NotGranted, match="nothing committed was asked"):
            async with database.transaction(role) as connection:
                await take(connection, one)

    async def test_unasked_nothing_is_served(
        self, database: Database, ids: SeededIds, left: Left, role: Role, purpose: Purpose
    ) -> None:
        with pytest.raises(NotGranted, match="nothing committed was asked"):
            async with database.transaction(role) as connection:
                await take(connection, asking(left, ids, purpose))

    async def test_rolled_back_nothing_is_served(
        self, database: Database, ids: SeededIds, left: Left, role: Role, purpose: Purpose
    ) -> None:
        one = asking(left, ids, purpose)

        async def ask_and_fail() -> None:
            async with database.transaction(role) as connection:
                await storage.ask(connection, one)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            await ask_and_fail()
        with pytest.raises(NotGranted, match="nothing committed was asked"):
            async with database.transaction(role) as connection:
                await take(connection, one)

    @pytest.mark.parametrize("savepoints", ["neither", "ask", "take", "both"])
    async def test_in_the_asking_transaction_nothing_is_served(
        self, database: Database, ids: SeededIds, left: Left, role: Role, purpose: Purpose, savepoints: str
    ) -> None:
        one = asking(left, ids, purpose)

        async def ask_and_take() -> None:
            async with database.transaction(role) as connection:
                for deed, alone in ((storage.ask, "ask"), (take, "take")):
                    if savepoints in {alone, "both"}:
                        async with connection.transaction():
                            await deed(connection, one)
                    else:
                        await deed(connection, one)

        with pytest.raises(NotGranted, match="nothing committed was asked"):
            await ask_and_take()

    async def test_before_the_asking_commits_nobody_else_is_served(
        self, database: Database, ids: SeededIds, left: Left, role: Role, purpose: Purpose
    ) -> None:
        one = asking(left, ids, purpose)
        async with database.transaction(role) as asks:
            await storage.ask(asks, one)
            with pytest.raises(NotGranted, match="nothing committed was asked"):
                async with database.transaction(role) as takes:
                    await take(takes, one)

    async def test_a_connection_that_looks_at_an_older_state_is_not_served(
        self, database: Database, ids: SeededIds, left: Left, role: Role, purpose: Purpose
    ) -> None:
        one = asking(left, ids, purpose)

        async def take_from_before() -> None:
            async with database.transaction(role) as old:
                await old.execute("set transaction isolation level repeatable read")
                await old.fetchval("select 1")
                async with database.transaction(role) as connection:
                    await storage.ask(connection, one)
                await take(old, one)

        with pytest.raises(NotGranted, match="nothing committed was asked"):
            await take_from_before()

    @pytest.mark.parametrize(
        ("after", "served"),
        [
            (timedelta(0), True),
            (timedelta(minutes=15), True),
            (timedelta(minutes=15, microseconds=1), False),
            (timedelta(seconds=-1), False),
        ],
    )
    async def test_it_serves_for_fifteen_minutes(
        self, database: Database, ids: SeededIds, left: Left, role: Role, purpose: Purpose,
        after: timedelta, *, served: bool,
    ) -> None:  # fmt: skip
        one = asking(left, ids, purpose)
        async with database.transaction(role) as connection:
            await storage.ask(connection, one)
        if served:
            async with database.transaction(role) as connection:
                assert await take(connection, one, NOW + after)
        else:
            with pytest.raises(NotGranted):
                async with database.transaction(role) as connection:
                    await take(connection, one, NOW + after)

    async def test_of_two_at_once_one_is_served(
        self, database: Database, ids: SeededIds, left: Left, role: Role, purpose: Purpose
    ) -> None:
        one = asking(left, ids, purpose)
        async with database.transaction(role) as connection:
            await storage.ask(connection, one)

        async def attempt() -> bool:
            try:
                async with database.transaction(role) as connection:
                    await take(connection, one)
                    await asyncio.sleep(0.05)
            except NotGranted:
                return False
            return True

        assert sorted(await asyncio.gather(attempt(), attempt(), attempt())) == [False, False, True]


class TestUnmasking:
    @pytest.fixture
    def second(self, ids: SeededIds) -> UUID:
        return ids.key()

    async def _ask(self, database: Database, ids: SeededIds, left: Left) -> UUID:
        key = ids.key()
        async with database.transaction(Role.CONSOLE) as connection:
            await reporters.ask_unmasking(connection, key, left.flag, left.account, "a threat to life", NOW)
        return key

    async def _confirm(self, database: Database, key: UUID, by: UUID, at: datetime = LATER) -> UUID | None:
        async with database.transaction(Role.CONSOLE) as connection:
            return await reporters.confirm_unmasking(connection, key, by, at)

    async def _see(
        self, database: Database, ids: SeededIds, left: Left, at: datetime
    ) -> dict[UUID, PersonRef]:
        one = asking(left, ids, Purpose.UNMASK, at=at)
        async with database.transaction(Role.READER) as connection:
            await storage.ask(connection, one)
        async with database.transaction(Role.READER) as connection:
            return dict(await opening.addresses(connection, OPENER, one.key, at, purpose=Purpose.UNMASK))

    async def test_two_people_see_one_reporter_once(
        self, database: Database, ids: SeededIds, left: Left, second: UUID
    ) -> None:
        key = await self._ask(database, ids, left)
        assert await self._confirm(database, key, second) == left.flag
        assert await self._see(database, ids, left, LATER) == {left.flag: ANN}
        with pytest.raises(NotGranted, match="no second person"):
            await self._see(database, ids, left, LATER)

    async def test_nobody_confirms_their_own_request_nor_one_twice_nor_after_a_day(
        self, database: Database, ids: SeededIds, left: Left, second: UUID
    ) -> None:
        key = await self._ask(database, ids, left)
        assert await self._confirm(database, key, left.account) is None
        assert await self._confirm(database, key, second, NOW + timedelta(days=1, seconds=1)) is None
        with pytest.raises(NotGranted, match="no second person"):
            await self._see(database, ids, left, LATER)
        assert await self._confirm(database, key, second) == left.flag
        assert await self._confirm(database, key, second) is None

    @pytest.mark.parametrize("fault", ["too late", "before", "another account", "another flag", "two flags"])
    async def test_a_confirmation_is_for_one_flag_one_account_and_fifteen_minutes(
        self, database: Database, ids: SeededIds, left: Left, second: UUID, fault: str
    ) -> None:
        other = await leave(database, ids)
        key = await self._ask(database, ids, left)
        await self._confirm(database, key, second)
        at = {"too late": LATER + timedelta(minutes=15), "before": NOW}.get(fault, LATER)
        named = {"another flag": (other.flag,), "two flags": (left.flag, other.flag)}.get(fault, (left.flag,))
        account = second if fault == "another account" else left.account
        one = asking(left, ids, Purpose.UNMASK, refs=named, at=at, account=account)
        async with database.transaction(Role.READER) as connection:
            await storage.ask(connection, one)
        with pytest.raises(NotGranted, match="no second person"):
            async with database.transaction(Role.READER) as connection:
                await take(connection, one, at)


class TestWhatThePostmanAndTheConflictLearn:
    async def test_the_postman_gets_one_address_per_flag_it_named(
        self, database: Database, ids: SeededIds, left: Left
    ) -> None:
        await leave(database, ids, PersonRef(Platform("shop"), "bob"))
        one = asking(left, ids, Purpose.SEND)
        async with database.transaction(Role.POSTMAN) as connection:
            await storage.ask(connection, one)
        async with database.transaction(Role.POSTMAN) as connection:
            found = await opening.addresses(connection, OPENER, one.key, LATER, purpose=Purpose.SEND)
        assert found == {left.flag: ANN}

    @pytest.mark.parametrize(("name", "party"), [("ann", True), ("bob", False)])
    async def test_conflict_is_one_boolean(
        self, database: Database, ids: SeededIds, left: Left, name: str, *, party: bool
    ) -> None:
        hashed = SEALER.person_hash(PersonRef(Platform("shop"), name))
        async with database.reading(Role.CONFLICT) as connection:
            assert await reporters.is_party(connection, "shop", hashed, left.case) is party
            assert await reporters.is_party(connection, "shop", hashed, ids.key()) is False


class TestReliability:
    async def test_it_leaves_the_vault_in_five_steps(self, database: Database) -> None:
        async with database.reading(Role.OWNER) as connection:
            rows = await connection.fetch(
                "select distinct round(vault.reliability(d, u)::numeric, 2)::float8 as step "
                "from generate_series(0, 60) d, generate_series(0, d) u order by 1"
            )
            assert [row["step"] for row in rows] == [0.1, 0.3, 0.5, 0.7, 0.9]
            assert await connection.fetchval("select vault.reliability(0, 0)") == pytest.approx(0.5)

    async def test_it_learns_from_a_decision_and_forgets_an_undone_one(
        self, database: Database, ids: SeededIds
    ) -> None:
        person = PersonRef(Platform("shop"), "learner")
        flags = [(await leave(database, ids, person)).flag for _ in range(4)]
        assert await self._reliability(database, ids, person) == pytest.approx(0.5)
        async with database.transaction(Role.WORKER) as connection:
            await reporters.learn(connection, dict.fromkeys(flags, True))
            await reporters.learn(connection, dict.fromkeys(flags, True))  # told twice, learnt once
        assert await self._reliability(database, ids, person) == pytest.approx(0.9)
        async with database.transaction(Role.WORKER) as connection:
            await reporters.learn(connection, dict.fromkeys(flags, True), undo=True)
        assert await self._reliability(database, ids, person) == pytest.approx(0.5)

    async def _reliability(self, database: Database, ids: SeededIds, person: PersonRef) -> float:
        async with database.transaction(Role.INTAKE) as connection:
            (one,) = await admission.admit(connection, [Newcomer(person)], SEALER, SEALER.batch(), ids)
        return one.reliability
