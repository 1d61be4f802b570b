"""People of Harborlane and everything they posted, in one small SQLite file."""

import json
import secrets
import sqlite3
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

HERE = Path(__file__).parent

WORDS = {
    "job_post": "job",
    "profile": "profile",
    "portfolio_item": "portfolio item",
    "private_message": "message",
    "proposal": "proposal",
    "review": "review",
    "community_post": "post",
    "community_group": "group",
}


def wall_clock() -> datetime:
    """Return the time now; a test gives a clock of its own."""
    return datetime.now(UTC).replace(microsecond=0)


class Person(msgspec.Struct, frozen=True):
    """Somebody who uses Harborlane."""

    id: str
    name: str
    role: str
    headline: str = ""
    town: str = ""
    language: str = "en"
    about: str = ""


class Item(msgspec.Struct, frozen=True):
    """Anything that can be flagged; `kind` is Flagstaff's word for it."""

    kind: str
    id: str
    author: str
    title: str
    text: str
    posted_at: datetime
    language: str = "en"
    parent: str = ""
    participant: str = ""
    board: str = ""
    group: str = ""
    thread: str = ""
    facts: dict[str, Any] = {}
    views: int = 50
    edited_at: datetime | None = None
    deleted_at: datetime | None = None

    @property
    def in_community(self) -> bool:
        """Tell whether it stands in the Community."""
        return self.kind in ("community_post", "community_group")

    @property
    def path(self) -> str:
        """Return where it can be read on this host."""
        paths = {
            "job_post": f"/jobs/{self.id}",
            "profile": f"/profiles/{self.id}",
            "portfolio_item": f"/portfolio/{self.id}",
            "private_message": f"/messages/{self.thread}#{self.id}",
            "proposal": f"/jobs/{self.parent}#{self.id}",
            "review": f"/profiles/{self.parent}#{self.id}",
            "community_post": f"/community/threads/{self.thread}#{self.id}",
            "community_group": f"/community/groups/{self.group}",
        }
        return paths[self.kind]


class Books:
    """The SQLite file; one connection, used from one event loop only."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] = wall_clock) -> None:
        """Open the file, make it where it is missing, and fill an empty one with the invented content."""
        self.now = clock
        folder.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(
            folder / "harborlane.sqlite3", isolation_level=None, check_same_thread=False
        )
        self.connection.row_factory = sqlite3.Row
        self.connection.executescript((HERE / "schema.sql").read_text(encoding="utf-8"))
        # A file thrown away and made anew must not reuse the keys of the old one's requests.
        self.run("insert or ignore into mark (name, value) values ('file', ?)", secrets.token_hex(8))
        self.name = str(self.rows("select value from mark where name = 'file'")[0]["value"])
        if not self.rows("select 1 from person limit 1"):
            self._fill(self.now())

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Run one statement and return its rows."""
        return self.connection.execute(sql, values).fetchall()

    def run(self, sql: str, *values: object) -> int:
        """Run one statement and return how many rows it touched."""
        return self.connection.execute(sql, values).rowcount

    # -- people

    def people(self) -> list[Person]:
        """Return everybody, in the order of the seed."""
        return [Person(**dict(row)) for row in self.rows("select * from person order by rowid")]

    def person(self, key: str) -> Person | None:
        """Return one person."""
        found = self.rows("select * from person where id = ?", key)
        return Person(**dict(found[0])) if found else None

    # -- items

    def items(self, where: str, *values: object) -> list[Item]:
        """Return items that were not deleted by their author; `where` is our own SQL, never a visitor's."""
        sql = f"select * from item where deleted_at is null and {where}"  # noqa: S608  # callers pass literals
        return [_item(row) for row in self.rows(sql, *values)]

    def item(self, kind: str, key: str) -> Item | None:
        """Return one item, also a deleted one."""
        found = self.rows("select * from item where kind = ? and id = ?", kind, key)
        return _item(found[0]) if found else None

    def add(self, item: Item) -> None:
        """Write a new item."""
        self.run(
            'insert into item (kind, id, author, title, text, language, parent, participant, board, "group", thread,'
            " facts, views, posted_at, edited_at, deleted_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(item.kind, item.id, item.author, item.title, item.text, item.language, item.parent),
            *(item.participant, item.board, item.group, item.thread, json.dumps(item.facts), item.views),
            *(item.posted_at.isoformat(), _text(item.edited_at), _text(item.deleted_at)),
        )

    def edit(self, item: Item, title: str, text: str) -> None:
        """Replace the words of an item."""
        now = self.now().isoformat(timespec="seconds")
        self.run(
            "update item set title = ?, text = ?, edited_at = ? where kind = ? and id = ?",
            *(title, text, now, item.kind, item.id),
        )

    def delete(self, item: Item) -> None:
        """Take an item away because its author wants it gone; the row stays, so that its id is not used again."""
        now = self.now().isoformat(timespec="seconds")
        self.run("update item set deleted_at = ? where kind = ? and id = ?", now, item.kind, item.id)

    def new_key(self, kind: str) -> str:
        """Return an id for a new item."""
        return f"{WORDS[kind].split()[0]}-{secrets.token_hex(5)}"

    # -- the invented content

    def _fill(self, now: datetime) -> None:
        self.connection.execute("begin")
        for person in seed_people():
            self.run(
                "insert into person (id, name, role, headline, town, language, about) values (?, ?, ?, ?, ?, ?, ?)",
                *msgspec.structs.astuple(person),
            )
        for item in seed_items(now):
            self.add(item)
        self.connection.execute("commit")


def seed_people() -> list[Person]:
    """Return the invented people."""
    return msgspec.convert(_read("people")["person"], list[Person])


def seed_items(now: datetime) -> list[Item]:
    """Return the invented items; the seed gives days before `now`, so that the demo never looks old."""
    found = []
    for name in ("jobs", "profiles", "portfolios", "messages", "proposals", "reviews", "community", "forum"):
        for kind, entries in _read(name).items():
            for entry in entries:
                posted = now - timedelta(days=entry.pop("days_ago"))
                deleted = entry.pop("deleted_days_ago", None)
                times = {
                    "posted_at": posted,
                    "deleted_at": now - timedelta(days=deleted) if deleted else None,
                }
                found.append(msgspec.convert({"kind": kind, "title": ""} | entry | times, Item))
    return found


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / "seed" / f"{name}.toml").read_text(encoding="utf-8"))


def _item(row: sqlite3.Row) -> Item:
    known = dict(row)
    known["facts"] = json.loads(known["facts"])
    return msgspec.convert(known, Item)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
