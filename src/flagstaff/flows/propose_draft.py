"""Hand a sound draft to a second person: the version that it makes of what is live waits for publication."""

from uuid import UUID

import msgspec

from flagstaff.audit import storage as audit
from flagstaff.flows.draft_menu import Looked, entry_of, hold_open, look
from flagstaff.flows.house import House
from flagstaff.flows.publish_version import NotSound
from flagstaff.guidelines import storage as guidelines_storage
from flagstaff.language.yaml import Finding
from flagstaff.menus import storage as menus
from flagstaff.menus.drafts import DraftOperation, names_of, op_name
from flagstaff.staff import rules as staff_rules
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.references import Platform
from flagstaff.vocabulary.roles import Permission


async def propose_draft(house: House, by: Account, key: UUID, revision: int) -> UUID:
    """Keep the version that a draft makes until a second person answers; return the proposal's key.

    Raises NotSound with every problem, DraftChanged, NoSuchDraft, Forbidden. Nothing is kept where anything is wrong.
    """
    async with house.database.transaction(Role.CONSOLE) as connection:
        kept = await hold_open(connection, by, key, revision)
        staff_rules.demand(by, Permission.PUBLISH, None, Platform(kept.platform))
        looked = look(house, kept)
        _refuse_unsound(looked)
        proposal = house.ids.key()
        document = {
            "version": msgspec.to_builtins(looked.applied.version),
            "lineage": msgspec.to_builtins(looked.applied.lineage),
        }
        await guidelines_storage.propose(
            connection, proposal, kept.platform, "menus", document, looked.draft.note, by.key, house.now
        )
        # Whoever proposes stands behind it: they are one of its authors from here on.
        authors = tuple(dict.fromkeys((*looked.draft.authors, str(by.key))))
        draft = msgspec.structs.replace(looked.draft, authors=authors, base=looked.live.number)
        await menus.change_draft(connection, key, draft, house.now)
        await menus.move_draft(connection, key, "proposed", house.now, proposal=proposal)
        await audit.record(connection, [entry_of(house, by, "draft.proposed", kept.platform, key)])
    return proposal


def where_in_words(finding: Finding, operations: tuple[DraftOperation, ...]) -> str:
    """Say where in a draft a problem is: the operation by number and name, or the part of the draft."""
    match finding.at:
        case ("operations", int(step), *rest) if step < len(operations):
            one = operations[step]
            field = f", {rest[-1]}" if rest else ""
            return f"Operation {step + 1} ({op_name(one)} {names_of(one)}{field})"
        case _:
            return " / ".join(str(part).replace("_", " ") for part in finding.at).capitalize()


def _refuse_unsound(looked: Looked) -> None:
    if not looked.findings:
        return
    operations = looked.draft.operations
    listed = [
        {"where": where_in_words(one, operations), "what": one.what, "mend": one.mend}
        for one in looked.findings
    ]
    what = f"{len(listed)} problem(s)"
    raise NotSound(what, where="draft", mend="mend each; the list is complete", problems=listed)
