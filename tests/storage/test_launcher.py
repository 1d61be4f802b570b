"""The embedded PostgreSQL starts as whoever we are, survives what machines do, and leaves nothing behind."""

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

import flagstaff
from flagstaff.kernel.errors import Unavailable
from flagstaff.kernel.settings import Secret
from flagstaff.store import keeper
from flagstaff.store.database import Address, Database
from flagstaff.store.embedded import CannotStart, Embedded, Persona, can_unshare, start_embedded
from flagstaff.store.passwords import keep_passwords
from flagstaff.store.roles import Role
from tests.clusters import binaries_under_test, owner

pytestmark = pytest.mark.once  # the second pass stands on a server that this launcher started

ROOT = os.geteuid() == 0
NOBODY = pwd.getpwnam("nobody")
# Stands for an application: starts the database, says so, and lives until it is killed.
APPLICATION = """
import sys, time
from pathlib import Path
from flagstaff.store.binaries import find_binaries
from flagstaff.store.embedded import start_embedded
from flagstaff.store.passwords import keep_passwords
home, bin = Path(sys.argv[1]), Path(sys.argv[2])
embedded = start_embedded(
    home / "database", keep_passwords(home / "keys"), binaries=find_binaries(bin), throwaway=True
)
print("started" if embedded.started else "attached", flush=True)
sys.stdin.read()
embedded.close()
"""


@pytest.fixture
def empty_home(run_folder: Path) -> Iterator[Path]:
    """Give an empty home that every user may pass through, as /var/lib is."""
    path = Path(tempfile.mkdtemp(prefix="home-", dir=run_folder))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def made_home(run_folder: Path) -> Path:
    """Give a home whose database was started once and stopped."""
    path = Path(tempfile.mkdtemp(prefix="made-", dir=run_folder))
    start(path).close()
    return path


@pytest.fixture
def home(empty_home: Path, made_home: Path) -> Path:
    """Give a home of one's own whose database was started once and stopped."""
    shutil.copytree(made_home, empty_home, dirs_exist_ok=True)
    empty_home.chmod(0o755)
    return empty_home


def start(home: Path, persona: Persona | None = None) -> Embedded:
    passwords = keep_passwords(home / "keys")
    return start_embedded(
        home / "database", passwords, binaries=binaries_under_test(), persona=persona, throwaway=True
    )


def python_for(who: dict[str, Any]) -> str | None:
    """Return an interpreter that this user can run with our packages; root's own often lies in root's home."""
    for python in (sys.executable, "/usr/bin/python3"):
        words = [python, "-c", "import flagstaff.store.embedded"]
        with contextlib.suppress(OSError):
            if subprocess.run(words, check=False, capture_output=True, cwd="/", **who).returncode == 0:
                return python
    return None


def application(home: Path, *, python: str = sys.executable, **how: Any) -> "subprocess.Popen[str]":
    words = [python, "-c", APPLICATION, str(home), str(binaries_under_test().bin)]
    pipe = subprocess.PIPE
    return subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True, **how)


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


async def ask(address: Address, sql: str) -> object:
    async with owner(msgspec.structs.replace(address, database="postgres")) as connection:
        return await connection.fetchval(sql)


def postmaster(home: Path) -> int:
    found = keeper.read_pid_file(home / "database" / "data")
    assert found is not None
    return found.pid


def user_of(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 15
    while Path(f"/proc/{pid}").exists() and Path(f"/proc/{pid}/cmdline").read_bytes():
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.02)


def skip_unless_possible(persona: Persona) -> None:
    if persona is not Persona.SELF and not ROOT:
        pytest.skip("needs root")
    if persona is Persona.NAMESPACE and not can_unshare():
        pytest.skip("this machine refuses user namespaces to root")


# Where we are root, another test below runs it as the ordinary user, in a process of its own.
OURS = [persona for persona in Persona if not (ROOT and persona is Persona.SELF)]


@pytest.mark.parametrize("persona", OURS)
async def test_it_runs_as_each_persona_and_leaves_nothing_running(empty_home: Path, persona: Persona) -> None:
    skip_unless_possible(persona)
    home = empty_home
    with start(home, persona) as embedded:
        pid = postmaster(home)
        assert await ask(embedded.address, "select 1") == 1
        assert await ask(embedded.address, "show listen_addresses") == ""
        expected = NOBODY.pw_uid if persona is Persona.OTHER else os.getuid()
        assert user_of(pid) == expected
        assert (home / "database" / "data").stat().st_mode & 0o077 == 0
        assert (home / "database" / "run").stat().st_mode & 0o077 == 0
    assert not is_alive(pid)
    assert not (home / "database" / "run").exists()
    with start(home) as again:
        assert again.started
        assert await ask(again.address, "select 1") == 1


@pytest.mark.skipif(not ROOT, reason="we are the ordinary user: tested above")
def test_it_runs_for_an_ordinary_user(empty_home: Path) -> None:
    home = empty_home
    packages = f"{Path(flagstaff.__file__).parents[1]}:{Path(asyncpg.__file__).parents[1]}"
    who = {"user": NOBODY.pw_uid, "group": NOBODY.pw_gid, "extra_groups": [], "env": {"PYTHONPATH": packages}}
    python = python_for(who)
    if python is None:
        pytest.skip("an ordinary user cannot enter this checkout or any Python 3.11: clone it elsewhere")
    os.chown(home, NOBODY.pw_uid, NOBODY.pw_gid)
    with application(home, python=python, cwd="/", **who) as process:
        assert said(process) == "started"
        pid = postmaster(home)
        assert user_of(pid) == NOBODY.pw_uid
        process.communicate("")
    assert process.returncode == 0
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.skipif(not ROOT, reason="needs root")
async def test_data_made_in_a_namespace_goes_on_where_namespaces_are_refused(empty_home: Path) -> None:
    skip_unless_possible(Persona.NAMESPACE)
    for persona, number in ((Persona.NAMESPACE, 0), (Persona.OTHER, 1), (None, 2)):
        with start(empty_home, persona) as embedded:
            await ask(embedded.address, "create table if not exists started ()")
            await ask(embedded.address, f"alter table started add column at_{number} integer")
            counted = "select count(*) from information_schema.columns where table_name = 'started'"
            assert await ask(embedded.address, counted) == number + 1


@pytest.mark.skipif(not ROOT, reason="needs two users")
def test_a_folder_of_somebody_else_is_refused_with_a_way_on(empty_home: Path) -> None:
    packages = f"{Path(flagstaff.__file__).parents[1]}:{Path(asyncpg.__file__).parents[1]}"
    who: dict[str, Any] = {"user": NOBODY.pw_uid, "group": NOBODY.pw_gid, "extra_groups": []}
    who["env"] = {"PYTHONPATH": packages}
    python = python_for(who)
    if python is None:
        pytest.skip("an ordinary user cannot enter this checkout or any Python 3.11: clone it elsewhere")
    words = (
        "from pathlib import Path; from flagstaff.store.embedded import *; start_embedded(Path({!r}), {{}})"
    )
    tried = subprocess.run(
        [python, "-c", words.format(str(empty_home / "database"))],
        check=False,
        capture_output=True,
        text=True,
        cwd="/",
        **who,
    )
    assert "belongs to another user" in tried.stderr
    assert "FLAGSTAFF_HOME" in tried.stderr


@pytest.mark.skipif(not ROOT, reason="needs root")
def test_nobody_is_told_which_folder_they_cannot_enter(home: Path) -> None:
    private = home / "private"
    private.mkdir(mode=0o700)
    with pytest.raises(CannotStart, match="cannot enter here") as refused:
        start(private / "inner", Persona.OTHER)
    assert refused.value.where == str(private)
    assert "FLAGSTAFF_HOME" in refused.value.mend


async def test_only_the_password_lets_anyone_in(home: Path) -> None:
    with start(home) as embedded:
        wrong = Secret(
            embedded.address.url.reveal().replace(":", ":x", 2).replace("postgresql:x", "postgresql:")
        )
        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(msgspec.structs.replace(embedded.address, url=wrong), "select 1")


def test_a_killed_application_takes_its_database_along_and_the_next_start_works(home: Path) -> None:
    with application(home) as process:
        assert said(process) == "started"
        pid = postmaster(home)
        process.kill()
    wait_until_gone(pid)
    with start(home) as again:
        assert again.started


def test_a_killed_keeper_takes_its_database_along(home: Path) -> None:
    embedded = start(home)
    pid = postmaster(home)
    assert embedded._keeping is not None
    embedded._keeping.kill()
    wait_until_gone(pid)
    embedded.close()
    with start(home) as again:
        assert again.started


async def test_a_killed_server_comes_back_at_the_same_place(home: Path) -> None:
    with start(home) as embedded:
        os.kill(postmaster(home), signal.SIGKILL)
        for _ in range(300):
            with contextlib.suppress(OSError, asyncpg.PostgresError):
                assert await ask(embedded.address, "select 1") == 1
                break
            await asyncio.sleep(0.05)
        else:
            pytest.fail("the server did not come back")


def ready_again(home: Path, after: int) -> int:
    """Wait for another server than `after` to be ready, and return its process."""
    deadline, data = time.monotonic() + 20, home / "database" / "data"
    while True:
        found = keeper.read_pid_file(data)
        ours = found is not None and found.pid != after and keeper.is_server_of(found.pid, data)
        if found and ours and found.status == "ready":
            return found.pid
        assert time.monotonic() < deadline, "the server did not come back"
        time.sleep(0.02)


def test_a_server_that_ends_again_and_again_is_not_given_up(home: Path) -> None:
    with start(home):
        pid = postmaster(home)
        for _ in range(7):
            os.kill(pid, signal.SIGKILL)
            pid = ready_again(home, pid)


def test_a_server_that_cannot_start_for_a_while_comes_back_by_itself(home: Path) -> None:
    """Its disk may be full for an hour; once there is room, nobody should have to start anything."""
    with start(home):
        pid, control = postmaster(home), home / "database" / "data" / "global" / "pg_control"
        control.rename(control.with_name("pg_control.away"))
        os.kill(pid, signal.SIGKILL)
        wait_until_gone(pid)
        time.sleep(1)
        control.with_name("pg_control.away").rename(control)
        ready_again(home, pid)


def test_the_command_that_keeps_a_database_starts_it_when_its_owner_is_gone(home: Path) -> None:
    """It came second and only attached; parts that come and go rely on it all the same."""
    owning = application(home)
    assert said(owning) == "started"
    before = postmaster(home)
    settings = {
        **os.environ,
        "FLAGSTAFF_HOME": str(home),
        "FLAGSTAFF_POSTGRES_BIN": str(binaries_under_test().bin),
    }
    words = [sys.executable, "-m", "flagstaff", "database"]
    keeping = subprocess.Popen(words, env=settings, stdout=subprocess.PIPE, text=True)
    try:
        assert "PostgreSQL runs" in said(keeping)
        owning.kill()
        owning.communicate()
        ready_again(home, before)
    finally:
        keeping.terminate()
        keeping.communicate(timeout=30)


async def test_pools_find_a_server_again_that_was_killed(home: Path) -> None:
    with start(home) as embedded:
        address = msgspec.structs.replace(embedded.address, database="postgres")
        database = await Database.open(address, [Role.OWNER])
        told: list[str] = []
        killed = False
        while told[-1:] != ["there"] or len(told) < 2:
            try:
                async with database.transaction(Role.OWNER) as connection:
                    if not killed:
                        killed = True
                        os.kill(postmaster(home), signal.SIGKILL)
                    await connection.execute("select pg_catalog.pg_sleep(0.2)")
                told.append("there")
            except Unavailable as error:
                told.append(error.slug)
                await asyncio.sleep(0.05)
        assert told[0] == Unavailable.slug
        await database.close()


def test_the_pid_of_a_stranger_and_a_stale_socket_do_not_stop_a_start(home: Path) -> None:
    embedded = start(home)
    text = (home / "database" / "data" / "postmaster.pid").read_text()
    embedded.close()
    run = home / "database" / "run"
    run.mkdir(mode=0o700)
    for path in (home / "database" / "data" / "postmaster.pid", run / ".s.PGSQL.5432.lock"):
        path.write_text(f"{os.getpid()}\n{text.partition(chr(10))[2]}")
    (run / ".s.PGSQL.5432").touch()
    with start(home) as again:
        assert again.started


def test_an_empty_pid_file_does_not_stop_a_start(home: Path) -> None:
    (home / "database" / "data" / "postmaster.pid").touch()
    with start(home) as again:
        assert again.started


def test_a_cluster_that_was_only_half_made_is_made_anew(empty_home: Path) -> None:
    home = empty_home
    making = home / "database" / "data.making"
    making.mkdir(parents=True)
    (making / "rubbish").touch()
    with start(home) as embedded:
        assert embedded.started
    assert not making.exists()


def test_four_at_once_start_one_server(home: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        all_four = list(threads.map(lambda _: start(home), range(4)))
    assert sorted(one.started for one in all_four) == [False, False, False, True]
    pid = postmaster(home)
    for one in sorted(all_four, key=lambda one: one.started):
        one.close()
    assert not Path(f"/proc/{pid}").exists()


def test_four_processes_at_once_start_one_server(home: Path) -> None:
    with contextlib.ExitStack() as stack:
        all_four = [stack.enter_context(application(home)) for _ in range(4)]
        assert sorted(said(process) for process in all_four) == ["attached"] * 3 + ["started"]
        for process in all_four:
            process.kill()


async def test_a_start_waits_for_a_predecessor_that_is_stopping(home: Path) -> None:
    first = start(home)
    async with owner(msgspec.structs.replace(first.address, database="postgres")):
        os.kill(postmaster(home), signal.SIGTERM)  # waits for the client that is connected here
        await asyncio.sleep(0.2)
        second = asyncio.create_task(asyncio.to_thread(start, home))
        await asyncio.sleep(0.2)
        assert not second.done()
    with await second as embedded:
        assert await ask(embedded.address, "select 1") == 1
    first.close()


def test_a_path_too_long_for_a_socket_works_all_the_same(home: Path) -> None:
    deep = home / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True)
    with start(deep) as embedded:
        found = keeper.read_pid_file(deep / "database" / "data")
        assert found is not None
        sockets = Path(found.sockets)
        assert len(str(sockets)) <= 93
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert asyncio.run(ask(embedded.address, "select 1")) == 1
    assert not sockets.exists()


def test_data_of_another_version_is_refused_with_a_way_on(home: Path) -> None:
    (home / "database" / "data" / "PG_VERSION").write_text("14\n")
    with pytest.raises(CannotStart, match="made by PostgreSQL 14") as refused:
        start(home)
    assert "pg_dump" in refused.value.mend


def test_a_server_that_cannot_start_shows_the_end_of_its_log(home: Path) -> None:
    (home / "database" / "data" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(CannotStart, match="no_such_setting"):
        start(home)


async def test_the_servers_log_holds_no_statement_no_parameter_and_no_key_value(home: Path) -> None:
    canary = "canary-4711"
    failing = [
        ("select $1::text::integer", [canary]),
        (f"select '{canary}'::integer", []),
        (f'select 1 from "{canary}"', []),
        ("insert into house values ($1)", [canary]),
        ("insert into house values (null)", []),
        ("do $$ begin raise warning 'canary-4711'; raise exception 'canary-4711'; end $$", []),
    ]
    with start(home) as embedded:
        async with owner(msgspec.structs.replace(embedded.address, database="postgres")) as connection:
            await connection.execute("create table house (key text primary key)")
            await connection.execute("insert into house values ($1)", canary)
            for sql, arguments in failing:
                with contextlib.suppress(asyncpg.PostgresError):
                    await connection.execute(sql, *arguments)
    log = (home / "database" / "log").read_text()
    assert "ready to accept connections" in log
    assert canary not in log
    assert "house" not in log


def test_the_passwords_are_made_once_and_private(home: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        kept = list(threads.map(lambda _: keep_passwords(home / "keys"), range(8)))
    assert all(one == kept[0] for one in kept)
    assert set(kept[0]) == set(Role)
    assert (home / "keys" / "database.json").stat().st_mode & 0o777 == 0o600
    assert kept[0][Role.INTAKE].reveal() not in repr(kept[0])
