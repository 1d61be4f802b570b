"""Old flags under Other get the newer option their words point to, beside what was chosen and never instead of it."""

from flagstaff.flows.house import House
from flagstaff.flows.redact_words import redact_words
from flagstaff.vocabulary.roles import StaffRole
from tests.flows.desks import account, flagged, rows_of
from tests.houses import sent
from tests.people import browser, hire

HERE = "/console/menus/harborlane/3/old-flags"
OTHER = "job_post.something_else"
SAID = "They want me to work for free first, an unpaid test project."


async def test_old_flags_under_other_are_marked_as_inferred_and_keep_what_was_chosen(
    house: House,
) -> None:
    case = await flagged(house, sent("rita", option=OTHER, details=SAID, menu_version=2))
    while await redact_words(house, 200):
        pass
    pia = await hire(house, StaffRole.POLICY_MANAGER, login="pia")
    async with browser(house, pia) as page:
        assert HERE in (await page.get("/console/menus?version=3")).text
        before = (await page.get(HERE)).text
        assert "Look at them" in before
        assert (await page.post(HERE)).headers["location"] == HERE
        after = (await page.get(HERE)).text
        assert "Client is asking for free work" in after
        assert "Look at" not in after.replace("Looked at", "")
    async with browser(house, await account(house, "mia")) as page:
        shown = (await page.get(f"/console/cases/{case}")).text
        assert "Inferred from the words: Client is asking for free work" in shown
        assert "something else" in shown
        assert (await page.post(HERE)).status_code == 403
    (flag,) = await rows_of(house, "select option, menu_version from flags.flag")
    assert flag == {"option": OTHER, "menu_version": 2}


async def test_nothing_that_reporters_authors_and_platforms_read_changes_by_it(
    house: House,
) -> None:
    pia = await hire(house, StaffRole.POLICY_MANAGER, login="pia")
    await flagged(house, sent("rita", option=OTHER, details=SAID, menu_version=2))
    while await redact_words(house, 200):
        pass
    queries = ["select * from flags.flag", "select * from delivery.notice", "select * from delivery.outbox"]
    before = [await rows_of(house, one) for one in queries]
    async with browser(house, pia) as page:
        await page.get(HERE)
        await page.post(HERE)
    assert await rows_of(house, "select * from flags.inferred where option is not null")
    assert [await rows_of(house, one) for one in queries] == before
