"""Look at an installation as a doctor would: what is well, what is not, and how to mend it."""

import shutil
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import msgspec

from flagstaff.app import Part, open_house
from flagstaff.flows.ask_coder import coder_of
from flagstaff.flows.house import House
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.kernel.settings import Settings
from flagstaff.platforms.addresses import Resolve, resolve
from flagstaff.platforms.rules import BadWebhook, check_addresses, read_webhook
from flagstaff.store.binaries import find_binaries
from flagstaff.store.embedded import can_unshare
from flagstaff.vault.keys import Keys
from flagstaff.views.upkeep import COUNTED_AT_MOST, upkeep

_ROOM: Final = 1 << 30
_PARTS: Final = (Part.CONSOLE, Part.API, Part.WORKER)


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at; `mend` says what to do where it is wrong or worth knowing."""

    what: str
    wrong: bool = False
    note: bool = False
    mend: str = ""

    def __str__(self) -> str:
        """Return a line for the terminal."""
        mark = "✗" if self.wrong else "•" if self.note else "✓"
        return f"{mark} {self.what}{f' → {self.mend}' if self.mend else ''}"


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything that can be looked at; what a fault hides is named too."""
    found = [_python(), _room(settings.home), _port(settings), _keys(settings)]
    found += [_binaries(settings)] if settings.database_url is None else []
    found.append(await examine_coder(settings))
    try:
        async with open_house(settings, _PARTS) as house:
            found += [finding async for finding in examine_house(house)]
    except FlagstaffError as error:
        found.append(Finding(f"the house does not open: {error.what}", wrong=True, mend=error.mend))
    return found


def _python() -> Finding:
    return Finding(f"Python {sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}")


def _room(home: Path) -> Finding:
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    text = f"{free / _ROOM:.1f} GiB free at {place}"
    if free < _ROOM:
        mend = "make room, or choose another place with --home: a full disk stops every flag"
        return Finding(text, wrong=True, mend=mend)
    return Finding(text)


def _port(settings: Settings) -> Finding:
    with socket.socket() as probe:
        probe.settimeout(1)
        taken = probe.connect_ex((settings.host, settings.port)) == 0
    where = f"{settings.host}:{settings.port}"
    if taken:
        return Finding(
            f"something listens at {where}", note=True, mend="Flagstaff itself, or choose another --port"
        )
    return Finding(f"{where} is free")


def _keys(settings: Settings) -> Finding:
    folder = settings.keys_folder
    if not folder.exists():
        return Finding(f"no keys at {folder} yet", note=True, mend="the first `flagstaff serve` makes them")
    try:
        keys = Keys.load(folder)
        return Finding(f"keys at {folder}, sealing to {keys.key_id}; back them up apart from the database")
    except FlagstaffError as error:
        return Finding(error.what, wrong=True, mend=error.mend)


def _binaries(settings: Settings) -> Finding:
    try:
        found = find_binaries(settings.postgres_bin)
    except FlagstaffError as error:
        return Finding(error.what, wrong=True, mend=error.mend)
    as_whom = "in a namespace of its own" if can_unshare() else "as this user"
    return Finding(f"PostgreSQL {found.major} in {found.bin}, run {as_whom}")


async def examine_coder(settings: Settings, find: Resolve = resolve) -> Finding:
    """Look whether a model codes too, and whether it may be asked where it is; it is not called."""
    coder = coder_of(settings)
    if coder is None or settings.coder_url is None:
        if settings.coder_url or settings.coder_model:
            mend = "set both, coder_url to an address such as https://models.example/v1"
            return Finding("coder_url and coder_model name no model together", wrong=True, mend=mend)
        return Finding("no model codes comments too: none leaves the house")
    try:
        target = read_webhook(settings.coder_url, settings.coder_allow)
        check_addresses(target, await find(target.host, target.port))
    except BadWebhook:
        mend = "coder_url needs https and a name that leads to a public address, or its host in coder_allow"
        return Finding(f"{coder.model} may not be asked at {coder.host}", wrong=True, mend=mend)
    mend = "it was not called; runs choose it one by one"
    return Finding(f"{coder.model} at {coder.host} may be sent redacted comments", note=True, mend=mend)


async def examine_house(house: House) -> AsyncIterator[Finding]:
    """Look at what only an open house shows."""
    state = await upkeep(house.database, house.now)
    yield Finding("the database answers and is migrated to this version")
    for words in state.talkative:
        mend = "see docs/how-to/use-your-own-postgresql"
        yield Finding(f"PostgreSQL's own log may keep what people wrote: {words}", wrong=True, mend=mend)
    if not house.policy.hosts():
        mend = "flagstaff platform add shop"
        yield Finding("no platform yet", note=True, mend=mend)
    if state.dead:
        mend = "see Deliveries in the console; mend the receiver and replay"
        yield Finding(f"{state.dead} deliveries were given up", wrong=True, mend=mend)
    if state.overdue:
        mend = "is a worker running? flagstaff serve, or flagstaff serve --part worker"
        yield Finding(f"{state.overdue} events should have left by now", wrong=True, mend=mend)
    if state.late:
        many = f"{state.late}{'+' if state.late == COUNTED_AT_MOST else ''} cases wait past their target"
        what = many if state.late > 1 else "one case waits past its target"
        mend = "somebody has to decide; /console/queue begins there"
        yield Finding(what, wrong=True, mend=mend)
    if state.demo and house.settings.host not in {"127.0.0.1", "::1", "localhost"}:
        mend = "listen on loopback, or begin with an empty database"
        yield Finding("this is the demo's database and it is not on loopback", wrong=True, mend=mend)
    if house.settings.worker:
        mend = "for less, run api, console and worker apart: docs/explanation/who-holds-what"
        yield Finding("all parts run in one process, which then holds everything", note=True, mend=mend)
