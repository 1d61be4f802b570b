"""A version that waits is read and answered in the console, by somebody else than its author."""

import msgspec
import pytest

from flagstaff.flows.house import House
from flagstaff.flows.publish_version import ProposeVersion, propose_version
from flagstaff.vocabulary.roles import StaffRole
from tests.houses import HARBORLANE
from tests.people import browser, hire


async def test_a_second_person_reads_what_changes_and_publishes(house: House) -> None:
    """The page says which option goes, refuses its author, and takes the second person's answer."""
    pia, quin = await hire(house, StaffRole.POLICY_MANAGER), await hire(house, StaffRole.POLICY_MANAGER)
    live = house.policy.menus(HARBORLANE)
    job = live.menu_by_kind["job_post"]
    like = next(one for one in live.menu_by_kind["profile"].options if one.reason == "misleading_claims")
    new = msgspec.structs.replace(like, key="job_post.misleading_claims", subject="job_post")
    words = {tongue: said | {new.key: said[like.key]} for tongue, said in live.translations.items()}
    menus = tuple(
        msgspec.structs.replace(one, more=(*one.more[1:], new)) if one is job else one for one in live.menus
    )
    version = msgspec.structs.replace(live, number=4, menus=menus, translations=words)
    key = await propose_version(house, pia, ProposeVersion(HARBORLANE, version, "Nobody found it."))
    async with browser(house, pia) as hers:
        page = await hers.get("/console/publications")
        assert "Nobody found it." in page.text
        assert "job_post.upfront_fee removed" in page.text
        refused = await hers.post(f"/console/publications/{key}", do="publish", reason="")
        assert (refused.status_code, "somebody else confirms" in refused.text) == (403, True)
    async with browser(house, quin) as his:
        await his.get("/console/publications")
        answered = await his.post(f"/console/publications/{key}", do="publish", reason="")
        assert answered.status_code == 303
        after = await his.get("/console/publications")
        assert "job_post.misleading_claims added" in after.text, "it was never offered before that version"
    assert house.policy.menus(HARBORLANE).number == 4


@pytest.mark.parametrize("role", [StaffRole.MODERATOR, StaffRole.COMMUNITY_MODERATOR, StaffRole.AUDITOR])
async def test_whoever_cannot_publish_does_not_see_what_waits(house: House, role: StaffRole) -> None:
    """Drafts of the policy are for those who publish it."""
    someone = await hire(house, role)
    async with browser(house, someone) as theirs:
        assert (await theirs.get("/console/publications")).status_code == 403
