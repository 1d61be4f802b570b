"""Write a finished deep dive as a file, on the record: the table, and nothing that anybody wrote."""

from flagstaff.audit import storage as audit
from flagstaff.audit.model import Entry
from flagstaff.flows.house import House
from flagstaff.flows.show_dive import show_dive
from flagstaff.insight import labels
from flagstaff.insight.codebook import codebook_of
from flagstaff.insight.exporting import FORMS
from flagstaff.kernel.errors import Conflict, Refusal
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role


class NoTableYet(Conflict):
    """Only a deep dive that is ready has a table."""

    slug = "no-table-yet"
    title = "There is no table yet"


async def export_dive(house: House, by: Account, number: str, form: str) -> str:
    """Return a table as `csv`, `md` or `json`; raises NoTableYet, NoSuchDive, Forbidden, Refusal for another form."""
    if form not in FORMS:
        what = f"a table is not written as {form!r}"
        raise Refusal(what, where="form", mend=f"choose one of {', '.join(FORMS)}")
    dive = await show_dive(house, by, number)
    table = dive.table
    if table is None:
        raise NoTableYet(f"it is {dive.state}", where="number", mend="wait until it is ready")
    entry = Entry(
        house.ids.key(),
        house.now,
        "dive.exported",
        by.actor,
        f"dive:{dive.key}",
        dive.platform,
        {"run": dive.number, "form": form},
    )
    async with house.database.transaction(Role.CONSOLE) as connection:
        book = codebook_of(await labels.changes_of(connection, dive.platform))
        await audit.record(connection, [entry])
    return FORMS[form](dive, table, book)
