"""End questions that nobody answered in time, and tell their reporters: it is decided on what there is.

Nothing but the flag's own question goes in. Whether the case went on meanwhile, and why, cannot be read off it.
"""

from flagstaff.delivery import storage as delivery
from flagstaff.delivery.model import NewNotice
from flagstaff.flags import outcomes
from flagstaff.flags.outcomes import Overdue
from flagstaff.flows.house import House
from flagstaff.flows.tell_people import reporter_notice, send_notices, told_in
from flagstaff.store.roles import Role

_BATCH = 500
_EVENT = "question_unanswered"


async def end_questions(house: House) -> int:
    """End what is due by now, and return how many; any number of workers may do it."""
    now = house.now
    async with house.database.transaction(Role.WORKER) as connection:
        over = await outcomes.overdue(connection, now, _BATCH)
        notices = [notice for one in over if (notice := _notice(house, one)) is not None]
        await send_notices(house, connection, notices, now)
        if notices:
            await delivery.wake(connection, delivery.PUBLISH)
    return len(over)


def _notice(house: House, one: Overdue) -> NewNotice | None:
    """Return what a reporter is told; None under guidelines that were published before there were words for it."""
    guidelines = told_in(house, one.platform, one.language)
    text_key = guidelines.notice_for.get(_EVENT)
    if text_key is None:
        return None
    values = {
        "platform": house.policy.host(one.platform).name,
        "number": one.number,
        "option": one.label,
        "status": "in_review",
    }
    return reporter_notice(
        house, platform=one.platform, flag=one.key, text_key=text_key, guidelines=guidelines, values=values,
        at=one.until, not_before=one.until,
    )  # fmt: skip
