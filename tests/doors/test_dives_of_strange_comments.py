"""Whatever people wrote under Other, every page and file of a deep dive is an answer, and tells of nobody who they are.

What the stages make of such comments stands in tests/corpus and tests/rooms/test_corpus_apart.py: here somebody walks
the whole way, from a first run over codebook and labels to a second one and its files.
"""

import html
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
import pytest_asyncio

from flagstaff.flows.ask_dive import ask_dive, count_again
from flagstaff.flows.check_dive import Verdict, check_dive
from flagstaff.flows.export_dive import export_dive
from flagstaff.flows.house import House
from flagstaff.flows.redact_words import redact_words
from flagstaff.flows.run_dive import Diver
from flagstaff.flows.show_dive import show_dive
from flagstaff.insight.dive import Selection
from flagstaff.insight.dives import Dive, DiveState
from flagstaff.kernel.clock import StoppedClock
from flagstaff.staff.model import Account
from flagstaff.vocabulary.roles import StaffRole
from tests.flows.desks import rows_of
from tests.houses import HARBORLANE, flag, seen, sent
from tests.people import Browser, browser, hire

EVERY = Selection(platform=HARBORLANE, kinds=("job_post",), first=date(2026, 1, 1), last=date(2026, 12, 31))
OTHER = "job_post.something_else"
ROWS = r'data-comment="([0-9a-f-]{36})"'
WHO = ("quillfeather", "canary.example", "600123456", "600 123 456", "t.me/zephq", "zeph_q")
HEAVY = "z" + "\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b"
STRANGE = [
    f"My name is Zephyrine Quillfeather, write to zeph.quillfeather@canary.example ({n}th time)" for n in range(3)
] + [
    "Llámame al +34 600 123 456, me llamo Quillfeather",
    "he is on https://t.me/zephq and telegram: @zeph_q all day",
    HEAVY * 3_990,
    "ⴰⵣⵓⵍ ⴼⵍⵍⴰⵡⵏ ⴰⵢⴰ ⵉⵎⴷⴷⵓⴽⴽⴰⵍ",
    "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ ᎠᎴ ᎣᏍᏓ",
    "平台外面付款给他 他要求我在平台外面付款",
    "free\x01 sample\x1b[31m before\u202e the hire\ufffe",
    "<script>alert('free')</script> {{ 7 * 7 }} %(n)s {0}",
    '=HYPERLINK("http://x"), they want it for free',
]  # fmt: skip
WRITTEN = {
    "all alike": ["They want a free sample first"] * 6,
    "nothing said": [
        "..........",
        "?!?!?!?!?!?!",
        "😀" * 12,
        "1234567890",
        "\u200b" * 3 + "----------",
        "~" * 40,
    ],
    "strange": STRANGE,
}


@pytest_asyncio.fixture
async def pia(house: House) -> Account:
    return await hire(house, StaffRole.POLICY_MANAGER, login="pia")


@pytest_asyncio.fixture
async def hers(house: House, pia: Account) -> AsyncIterator[Browser]:
    async with browser(house, pia) as page:
        yield page


async def made(house: House, by: Account, number: str) -> Dive:
    diver = Diver()
    while await diver.step(house):
        pass
    return await show_dive(house, by, number)


class Walk:
    """One analyst who opens everything there is; each page must be an answer, and tell of nobody."""

    def __init__(self, page: Browser) -> None:
        self.page = page

    async def see(self, path: str) -> str:
        answer = await self.page.get(path)
        assert answer.status_code == 200, (path, answer.text[:400])
        return self.fine(path, answer.text)

    async def send(self, path: str, **fields: str | list[str]) -> str:
        answer = await self.page.post(path, **fields)
        assert answer.status_code in {200, 303, 404, 409, 422}, (path, answer.text[:400])
        return self.fine(path, answer.text)

    def fine(self, where: str, text: str) -> str:
        told = html.unescape(text).casefold()
        assert [one for one in WHO if one in told] == [], where
        assert "<script>alert" not in text, where
        assert not re.search(r"[\x00-\x08\x0e-\x1f]", text), where
        return text


@pytest.mark.parametrize("what", WRITTEN)
async def test_every_page_and_file_is_an_answer_and_says_of_nobody_who_they_are(
    house: House, hers: Browser, pia: Account, business: StoppedClock, what: str
) -> None:
    await flag(
        house, *(sent(f"r{n}", seen(id_=f"job-{n}"), OTHER, details=one) for n, one in enumerate(WRITTEN[what]))
    )  # fmt: skip
    while await redact_words(house, 200):
        pass
    walk, texts = Walk(hers), len(WRITTEN[what])
    first = await made(house, pia, await ask_dive(house, pia, EVERY))
    assert first.state is DiveState.READY
    assert first.table is not None
    assert first.table.of == texts
    await pages_of(walk, house, pia, first)
    book = "/console/codebook/harborlane"
    lines = {f"line_{n}": one.key for n, one in enumerate(first.proposals, 1)}
    names = {f"name_{n}": f"Theme of mine {n}" for n in range(1, len(lines) + 1)}
    await walk.send(book, do="take", **{"from": first.number}, **lines, **names)
    await walk.send(book, do="new", name="Free work", meaning="Nobody pays")
    desk = f"/console/dives/{first.number}/code"
    business.move(timedelta(minutes=1))
    while rows := re.findall(ROWS, await walk.see(desk)):
        await walk.send(desk, stack="random", **{f"row_{row}": "theme-1" for row in rows})
    if what == "strange":
        await again(walk, house, pia, first, texts)
    for table in ("insight.dive", "insight.dive_row", "insight.theme_change", "audit.entry", "vault.asking"):
        walk.fine(table, str(await rows_of(house, f"select t::text from {table} t")))


async def again(walk: Walk, house: House, pia: Account, first: Dive, texts: int) -> None:
    """Count again with every comment labelled, walk through all of it once more, and have that run checked."""
    second = await made(house, pia, await count_again(house, pia, first.number))
    assert second.table is not None
    assert (second.table.of, second.table.labels) == (texts, texts)
    await pages_of(walk, house, pia, second)
    assert (await check_dive(house, pia, second.number, lambda *_: None)).verdict is Verdict.SAME


async def pages_of(walk: Walk, house: House, pia: Account, dive: Dive) -> None:
    here = f"/console/dives/{dive.number}"
    for path in ("/console/dives", here, f"{here}/code", f"/console/codebook/harborlane?from={dive.number}"):
        await walk.see(path)
    for row in dive.table.rows if dive.table else ():
        await walk.see(f"{here}/themes/{row.key}")
        await walk.send(f"{here}/themes/{row.key}/examples", kind="job_post")
        await walk.send(f"{here}/themes/{row.key}/heard", kind="job_post")
    for form in ("csv", "md", "json"):
        told = walk.fine(form, await export_dive(house, pia, dive.number, form))
        assert not any(line.startswith(("=", "+", "@")) for line in told.splitlines())
        assert not any(one[:24] in told for one in STRANGE)
