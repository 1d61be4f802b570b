"""Build a house for tests: the default policy published on the platform "harborlane", on a real database."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

from flagstaff.flows.house import House
from flagstaff.flows.placing import Receipt
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.flows.publish_policy import FirstPolicy, publish_first
from flagstaff.flows.read_policy import Policy, read_policy
from flagstaff.flows.receive_flags import receive_flags
from flagstaff.flows.sent_flag import Sent
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import Ids
from flagstaff.kernel.settings import Settings
from flagstaff.platforms import storage as platforms
from flagstaff.platforms.model import Host, LinkName
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.subjects.model import Seen
from flagstaff.vault.sealing import Opener, Sealer, ServiceKey, key_id
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.effects import Effect
from flagstaff.vocabulary.references import PersonRef, Place, Platform, SubjectKind, SubjectRef, Surface

HARBORLANE = Platform("harborlane")
_LONG_AGO = datetime(2025, 1, 6, tzinfo=UTC)
_HASH_KEY = bytes(range(32))
_PRIVATE = bytes(range(1, 33))


@cache
def default_policy() -> Policy:
    """Return the default policy, read once per process."""
    return read_policy()


def open_keys() -> tuple[Sealer, Opener, ServiceKey]:
    """Return the same keys at every run; a test's house keeps no secret."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    public = X25519PrivateKey.from_private_bytes(_PRIVATE).public_key().public_bytes_raw()
    return Sealer(public, _HASH_KEY), Opener({key_id(public): _PRIVATE}), ServiceKey(_HASH_KEY)


async def build_house(database: Database, ids: Ids, clocks: Clocks, *, zone: str = "UTC") -> House:
    """Return a house on this database, with Harborlane and the default policy where they are not there yet."""
    sealer, opener, service = open_keys()
    book = PolicyBook(database, Role.CONSOLE)
    house = House(database, ids, clocks, sealer, book, Settings(), opener, service)
    await book.refresh()
    if not book.hosts():
        async with database.transaction(Role.CONSOLE) as connection:
            await platforms.add_host(connection, harborlane(zone))
        newest = {version.number: _LONG_AGO for version in default_policy().menu_versions}
        first = FirstPolicy(HARBORLANE, newest, _LONG_AGO, "test")
        await publish_first(house, default_policy(), first)
    return house


def harborlane(zone: str = "UTC") -> Host:
    """Return the invented marketplace that tests and the demo serve."""
    return Host(
        key=HARBORLANE,
        name="Harborlane",
        zone=zone,
        languages=("en", "es"),
        origins=("https://harborlane.example",),
        links={
            LinkName.MY_FLAGS: "https://harborlane.example/my-flags",
            LinkName.APPEAL: "https://harborlane.example/appeal/{number}",
            LinkName.RULES: "https://harborlane.example/rules#{clause}",
        },
        effects=frozenset(Effect),
        offers=("hide_item", "mute_user", "block_user", "leave_group"),
        made_at=_LONG_AGO,
    )


def person(name: str) -> PersonRef:
    """Name a person of Harborlane."""
    return PersonRef(HARBORLANE, name)


def seen(
    kind: str = "job_post",
    id_: str = "job-1",
    *,
    author: str | None = "ann",
    words: str | None = "Logo wanted, make three samples first.",
    place: Place | None = None,
    posted_at: datetime | None = datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
    audience: Audience | None = Audience.MANY,
) -> Seen:
    """Show a subject of Harborlane as its pages would."""
    return Seen(
        ref=SubjectRef(HARBORLANE, SubjectKind(kind), id_),
        place=place or Place(Surface.MARKETPLACE),
        author=author,
        title="A title",
        words=words,
        language="en",
        posted_at=posted_at,
        audience=audience,
    )


def sent(
    reporter: str, shown: Seen | None = None, option: str = "job_post.free_work", **more: object
) -> Sent:
    """Make one flag as a door would hand it over."""
    fields = {"menu_version": 3, "language": "en", **more}
    return Sent(reporter=person(reporter), seen=shown or seen(), option=option, **fields)  # type: ignore[arg-type]


async def flag(house: House, *flags: Sent) -> list[Receipt]:
    """Send flags in one batch and expect a receipt for each."""
    return receipts(await receive_flags(house, flags))


def receipts(answers: Sequence[object]) -> list[Receipt]:
    """Return the answers as receipts; a refusal among them is raised, so that the test shows it."""
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return [answer for answer in answers if isinstance(answer, Receipt)]
