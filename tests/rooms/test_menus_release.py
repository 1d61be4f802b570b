"""A release note tells exactly what differs, in the words that readers knew, and the lineage tells the same."""

from hypothesis import given

from flagstaff.menus.drafts import DraftOperation, Merge, Remove, Restore, Reword
from flagstaff.menus.model import Figure, MenuVersion
from flagstaff.menus.release import note_of, write_note
from flagstaff.menus.rules import differences
from tests.rooms.test_menus_drafts import (
    FIRST,
    OTHER,
    POLICY,
    SECOND,
    THIRD,
    applied,
    draft,
    histories,
    operations,
)


def test_the_note_of_the_third_version_tells_the_story() -> None:
    """Free work is back, the three others are new, with their figures."""
    note = note_of(THIRD, SECOND, POLICY.lineage)
    told = {(line.change, line.option) for line in note.lines}
    assert ("restored", "job_post.free_work") in told
    assert {("added", f"job_post.{one}") for one in ("freelancer_ad", "illegal_or_unethical")} <= told
    assert {figure.value for figure in note.figures} == {"17.40 %", "12.70 %", "10.90 %", "7.70 %"}


def test_the_note_of_the_second_version_says_where_options_went() -> None:
    lines = {line.option: line for line in note_of(SECOND, FIRST, POLICY.lineage).lines}
    free_work, spam = lines["job_post.free_work"], lines["private_message.spam"]
    assert (free_work.change, free_work.into) == ("removed", "It's something else")
    assert (spam.change, spam.into) == ("merged", "Message contains a suspicious link or looks like spam")


def test_each_line_says_why_in_the_words_of_its_draft() -> None:
    done = applied(
        draft(
            Remove(option="job_post.low_pay", into=OTHER, why="Nobody chose it."),
            Merge(
                sources=("job_post.upfront_fee",), into="job_post.looks_like_scam", why="They were confused."
            ),
            Restore(option="private_message.spam", why="It was missed."),
            Reword(option=OTHER, language="en", label="Something else", help="Describe it.", why="Shorter."),
            figures=(Figure(says="Flags with low pay", value="3"),),
        )
    )
    note = done.version.release_note
    assert note is not None
    assert {line.option: line.why for line in note.lines} == {
        "job_post.low_pay": "Nobody chose it.", "job_post.upfront_fee": "They were confused.",
        "private_message.spam": "It was missed.", OTHER: "Shorter.",
    }  # fmt: skip
    assert note.figures == (Figure(says="Flags with low pay", value="3"),)


@given(operations, histories)
def test_a_note_tells_every_difference_that_a_reader_would_notice_and_no_other(
    wanted: list[DraftOperation], history: tuple[MenuVersion, ...]
) -> None:
    done = applied(draft(*wanted), history)
    note = write_note(history[-1], done.version, done.lineage)
    noticed = {one.option for one in differences(history[-1], done.version) if one.change != "moved"}
    assert {line.option for line in note.lines} == noticed
    assert len(note.lines) == len(noticed)
