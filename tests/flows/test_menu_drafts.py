"""A change to the menus is drafted, checked, proposed and published; who comes second is told, and nothing is lost."""

import asyncio
from uuid import UUID

import pytest
import pytest_asyncio

from flagstaff.decisions.model import Confirmation
from flagstaff.flows.draft_menu import (
    Aim,
    BadDraft,
    DraftChanged,
    NoSuchDraft,
    add_operations,
    begin_draft,
    discard_draft,
    drop_operation,
    look_at_draft,
    set_aim,
)
from flagstaff.flows.house import House
from flagstaff.flows.propose_draft import propose_draft, where_in_words
from flagstaff.flows.publish_version import AnswerProposal, NotSound, answer_proposal
from flagstaff.flows.reapply_draft import Overtaken
from flagstaff.flows.show_my_flags import show_my_flags
from flagstaff.kernel.clock import StoppedClock
from flagstaff.kernel.errors import Forbidden
from flagstaff.menus import storage as menus
from flagstaff.menus.drafts import Add, DraftOperation, Merge, Remove, Restore, Reword
from flagstaff.menus.model import Goal, Wording
from flagstaff.menus.rules import successor_of
from flagstaff.staff.model import Account
from flagstaff.store.roles import Role
from flagstaff.vocabulary.roles import StaffRole
from tests.houses import HARBORLANE, flag, person, seen, sent
from tests.people import hire

GOAL = Goal(primary="something_else_share", direction="down", watch=(), window_days=28)
WORDS = {
    "en": Wording(label="Wants something odd", help="Something nobody should ask for."),
    "es": Wording(label="Quiere algo raro", help="Algo que nadie debería pedir."),
}
LOW_PAY = Remove(option="job_post.low_pay", into="job_post.something_else", why="Nobody chose it.")
FEE = Merge(sources=("job_post.upfront_fee",), into="job_post.looks_like_scam")


@pytest_asyncio.fixture
async def quin(house: House) -> Account:
    return await hire(house, StaffRole.POLICY_MANAGER, login="quin")


async def revision(house: House, by: Account, key: UUID) -> int:
    return (await look_at_draft(house, by, key)).kept.revision


async def drafted(house: House, by: Account, *operations: DraftOperation, goal: Goal | None = GOAL) -> UUID:
    """Begin a draft that lacks nothing but what its operations get wrong."""
    key = await begin_draft(house, by, HARBORLANE, "A change")
    await add_operations(house, by, key, 1, operations)
    await set_aim(house, by, key, 2, Aim("A change", goal, str(by.key), "Readers asked for it."))
    return key


async def proposed(house: House, by: Account, *operations: DraftOperation) -> tuple[UUID, UUID]:
    key = await drafted(house, by, *operations)
    return key, await propose_draft(house, by, key, await revision(house, by, key))


async def published(house: House, by: Account, second: Account, *operations: DraftOperation) -> Confirmation:
    _, proposal = await proposed(house, by, *operations)
    return await answer_proposal(house, second, AnswerProposal(proposal, publish=True))


async def test_a_draft_becomes_a_version_with_owner_lineage_and_a_second_person(
    house: House, pia: Account, quin: Account
) -> None:
    key, proposal = await proposed(house, pia, LOW_PAY)
    await answer_proposal(house, quin, AnswerProposal(proposal, publish=True))
    live = house.policy.menus(HARBORLANE)
    assert (live.number, live.owner, live.approver, live.note) == (
        4, str(pia.key), str(quin.key), "Readers asked for it.",
    )  # fmt: skip
    assert live.goal == GOAL
    async with house.database.reading(Role.CONSOLE) as connection:
        lineage = await menus.lineage(connection, HARBORLANE)
    assert successor_of("job_post.low_pay", live, lineage) == "job_post.something_else"
    kept = (await look_at_draft(house, pia, key)).kept
    assert (kept.state, kept.published) == ("published", 4)


async def test_whoever_wrote_any_of_it_does_not_publish_it(house: House, pia: Account, quin: Account) -> None:
    """The author of a draft is not its approver, nor is whoever changed one line of it."""
    ruth = await hire(house, StaffRole.POLICY_MANAGER, login="ruth")
    key = await drafted(house, pia, LOW_PAY)
    await add_operations(house, quin, key, 3, [FEE])
    proposal = await propose_draft(house, pia, key, 4)
    for author in (pia, quin):
        with pytest.raises(Forbidden, match="somebody else confirms"):
            await answer_proposal(house, author, AnswerProposal(proposal, publish=True))
    assert not (await answer_proposal(house, ruth, AnswerProposal(proposal, publish=True))).alone


async def test_everything_wrong_is_listed_at_once_and_nothing_is_kept(house: House, pia: Account) -> None:
    bad = Remove(option="job_post.something_else", into="job_post.low_pay")
    key = await drafted(house, pia, bad, Restore(option="job_post.never"), goal=None)
    with pytest.raises(NotSound) as refused:
        await propose_draft(house, pia, key, 3)
    problems = refused.value.facts["problems"]
    assert isinstance(problems, list)
    assert len(problems) == 3
    assert all({"where", "what", "mend"} == set(one) and all(one.values()) for one in problems)
    looked = await look_at_draft(house, pia, key)
    assert (looked.kept.state, looked.kept.proposal) == ("open", None)
    assert [where_in_words(one, looked.draft.operations)[:12] for one in looked.findings][1:] == [
        "Operation 1 ", "Operation 2 ",
    ]  # fmt: skip


async def test_two_who_edit_at_once_do_not_undo_each_other_unseen(
    house: House, pia: Account, quin: Account
) -> None:
    key = await drafted(house, pia, LOW_PAY)
    await add_operations(house, quin, key, 3, [FEE])
    with pytest.raises(DraftChanged):
        await drop_operation(house, pia, key, 3, 0)
    assert len((await look_at_draft(house, pia, key)).draft.operations) == 2
    await drop_operation(house, pia, key, 4, 0)
    assert (await look_at_draft(house, pia, key)).draft.operations == (FEE,)


async def test_of_two_who_publish_at_once_one_wins_and_the_other_is_told(
    house: House, pia: Account, quin: Account
) -> None:
    """The loser's draft is open again, applied to what won; proposed anew it goes through."""
    second, late = await proposed(house, pia, FEE)
    first, early = await proposed(house, pia, LOW_PAY)
    answers = await asyncio.gather(
        *(answer_proposal(house, quin, AnswerProposal(key, publish=True)) for key in (late, early)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in answers) == ["Confirmation", "Overtaken"]
    lost = next(one for one in answers if isinstance(one, Overtaken))
    key = second if isinstance(answers[0], Overtaken) else first
    assert lost.facts["draft"] == str(key)
    assert "removed" in lost.what
    assert "version 4 was published first" in lost.what
    looked = await look_at_draft(house, pia, key)
    assert (looked.kept.state, looked.kept.base, looked.findings) == ("open", 4, ())
    again = await propose_draft(house, pia, key, looked.kept.revision)
    await answer_proposal(house, quin, AnswerProposal(again, publish=True))
    live = house.policy.menus(HARBORLANE)
    assert live.number == 5
    assert not {"job_post.low_pay", "job_post.upfront_fee"} & live.option_by_key.keys()


async def test_a_draft_that_no_longer_fits_says_so(house: House, pia: Account, quin: Account) -> None:
    """Two drafts take the same option away: the second learns that it is gone."""
    key, late = await proposed(house, pia, LOW_PAY)
    await published(house, pia, quin, LOW_PAY)
    with pytest.raises(Overtaken, match="low_pay removed"):
        await answer_proposal(house, quin, AnswerProposal(late, publish=True))
    looked = await look_at_draft(house, pia, key)
    assert [one.what for one in looked.findings] == ["no menu has `job_post.low_pay` at this point"]


async def test_a_refused_draft_is_open_again(house: House, pia: Account, quin: Account) -> None:
    key, proposal = await proposed(house, pia, LOW_PAY)
    with pytest.raises(DraftChanged, match="proposed"):
        await add_operations(house, pia, key, await revision(house, pia, key), [FEE])
    await answer_proposal(house, quin, AnswerProposal(proposal, publish=False, reason="Not yet."))
    await add_operations(house, pia, key, await revision(house, pia, key), [FEE])
    assert house.policy.menus(HARBORLANE).number == 3


async def test_a_draft_given_up_stays_to_be_read(house: House, pia: Account) -> None:
    key = await drafted(house, pia, LOW_PAY)
    await discard_draft(house, pia, key, 3)
    assert (await look_at_draft(house, pia, key)).kept.state == "discarded"
    with pytest.raises(DraftChanged):
        await propose_draft(house, pia, key, 4)


async def test_only_policy_managers_draft(house: House, pia: Account) -> None:
    key = await begin_draft(house, pia, HARBORLANE, "A change")
    admin, mona = await hire(house, StaffRole.ADMIN), await hire(house, StaffRole.MODERATOR)
    assert (await look_at_draft(house, admin, key)).draft.title == "A change"
    with pytest.raises(Forbidden):
        await add_operations(house, admin, key, 1, [LOW_PAY])
    with pytest.raises(Forbidden):
        await look_at_draft(house, mona, key)
    with pytest.raises(BadDraft):
        await begin_draft(house, pia, HARBORLANE, " ")
    with pytest.raises(NoSuchDraft):
        await look_at_draft(house, pia, UUID(int=1))


# ---------------------------------------------------------------- flags and versions
async def test_an_old_flag_reads_as_its_reporter_saw_it(
    house: House, pia: Account, quin: Account, business: StoppedClock
) -> None:
    """Whatever is reworded, removed or merged later, the label of then stays."""
    await flag(house, sent("rita", seen(id_="job-1"), "job_post.low_pay"))
    again = Reword(
        option="job_post.free_work", language="en", label="Wants work for free", help="Work, unpaid."
    )
    await published(house, pia, quin, LOW_PAY, again)
    await flag(house, sent("rita", seen(id_="job-2"), "job_post.free_work", menu_version=4))
    await flag(house, sent("rita", seen(id_="job-3"), "job_post.free_work", menu_version=3))
    labels = {one.label for one in await show_my_flags(house, person("rita"))}
    assert {"Wants work for free", "Client is asking for free work"} <= labels


async def test_a_flag_that_races_a_publication_is_judged_by_the_version_it_names(
    house: House, pia: Account, quin: Account
) -> None:
    """Sent while the version changes, or after days offline: no flag is lost, each keeps the option it named."""
    _, proposal = await proposed(house, pia, LOW_PAY, Add(kind="review", reason="upfront_fee", words=WORDS))
    flags = [sent(f"r{n}", seen(id_=f"job-{n}"), "job_post.low_pay") for n in range(20)]
    answers = await asyncio.gather(
        *(flag(house, one) for one in flags[:10]),
        answer_proposal(house, quin, AnswerProposal(proposal, publish=True)),
        *(flag(house, one) for one in flags[10:]),
    )
    receipts = [one[0] for one in answers if isinstance(one, list)]
    assert len(receipts) == 20
    assert {receipt.option for receipt in receipts} == {"job_post.low_pay"}


async def test_a_flag_keeps_the_label_of_the_language_it_was_shown_in(
    house: House, pia: Account, quin: Account
) -> None:
    """A language is offered once it has words for every option; then its readers see them."""
    live = house.policy.menus(HARBORLANE)
    whole = [
        Reword(
            option=key,
            language="pt",
            label=f"Opção {key}{' {platform}' * ('{platform}' in one.label)}",
            help=f"Uma ajuda{' {platform}' * ('{platform}' in one.help)}.",
        )
        for key, one in live.option_by_key.items()
    ]
    key = await drafted(house, pia, *whole[:-1])
    with pytest.raises(NotSound):
        await propose_draft(house, pia, key, 3)
    await add_operations(house, pia, key, 3, whole[-1:])
    proposal = await propose_draft(house, pia, key, 4)
    await answer_proposal(house, quin, AnswerProposal(proposal, publish=True))
    for language in ("pt-BR", "en"):
        await flag(
            house, sent("rita", seen(id_=language), "job_post.free_work", menu_version=4, language=language)
        )
    labels = {one.label for one in await show_my_flags(house, person("rita"))}
    assert labels == {"Opção job_post.free_work", "Client is asking for free work"}
