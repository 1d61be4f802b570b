"""Old flags get the option that their theme became, by what the deep dive said of each; what was chosen stays."""

from uuid import UUID

import pytest

from flagstaff.flows.house import House
from flagstaff.flows.infer_from_dive import infer_from_dive, rests_on_dives
from flagstaff.flows.infer_options import NothingBroughtIn, infer_options
from flagstaff.kernel.errors import Forbidden
from flagstaff.staff.model import Account
from flagstaff.vocabulary.roles import StaffRole
from tests.dived import plant_dive, rest_version_3_on, write_under_other
from tests.flows.desks import rows_of
from tests.houses import HARBORLANE
from tests.people import hire

AD = "job_post.freelancer_ad"
ABOUT = "Oblique words that no hint would ever find {n}"


async def test_old_flags_of_a_theme_are_marked_with_the_option_it_became_and_keep_what_was_chosen(
    house: House, pia: Account
) -> None:
    said = [ABOUT.format(n=n) for n in range(4)]
    flags: list[UUID] = await write_under_other(house, *said, version=2)
    later = await write_under_other(house, ABOUT, version=3)
    number = await plant_dive(house, pia, flags={"ads": [*flags[:3], *later], "free": flags[3:]})
    with pytest.raises(NothingBroughtIn):
        await infer_from_dive(house, pia, HARBORLANE, 3)
    await rest_version_3_on(house, pia, number)
    assert await rests_on_dives(house, HARBORLANE, 3) == (number,)
    before = await rows_of(house, "select * from flags.flag order by key")
    asked = await rows_of(house, "select key from vault.asking")
    found = await infer_from_dive(house, pia, HARBORLANE, 3)
    assert {one.option: one.flags for one in found.pointed if one.flags} == {AD: 3}
    marked = await rows_of(house, "select flag, option, source from flags.inferred order by flag")
    assert [(one["flag"], one["option"], one["source"]) for one in marked] == [
        (flag, AD, "dive") for flag in sorted(flags[:3])
    ]
    assert await rows_of(house, "select * from flags.flag order by key") == before
    assert await rows_of(house, "select key from vault.asking") == asked, "no comment is opened for it"
    assert await infer_from_dive(house, pia, HARBORLANE, 3) == found, "again changes nothing"
    assert (await infer_options(house, pia, HARBORLANE, 3)).looked_at == 4, "hints look at the rest"


async def test_nobody_marks_without_the_right_to_a_deep_dive(house: House) -> None:
    with pytest.raises(Forbidden):
        await infer_from_dive(house, await hire(house, StaffRole.MODERATOR), HARBORLANE, 3)
