"""What leaves the house says what it must, and nothing else."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, strategies as st

from flagstaff.delivery import rules
from flagstaff.delivery.answers import TEXTS
from flagstaff.delivery.model import (
    FEED_OF,
    BadCursor,
    Endpoint,
    EventKind,
    Feed,
    cursor,
    endpoint_of,
    message_id,
    read_cursor,
)
from flagstaff.delivery.rendering import (
    DATA_OF,
    AuthorSide,
    MeasureData,
    MeasureSide,
    ReporterSide,
    SubjectName,
    TextUnfinished,
    author_values,
    body,
    fill,
    links_of,
    reporter_values,
    subject_words,
)
from flagstaff.language.tongues import tongue_of

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
LINKS = links_of({}, "https://flags.example")
ENGLISH = tongue_of("en")
SIDE = AuthorSide(
    platform="Harborlane",
    subject="your post in general",
    posted_at=AT - timedelta(days=1),
    undated=False,
    guidelines_version=1,
    clause="CG-8a",
    clause_title="No spam",
    clause_summary="No unwanted mass content.",
    facts="The post offers the same service five times.",
    quotable=True,
    automation="A person found and decided this; no program took part.",
    measures=(
        MeasureSide("Removed.", None, lasting=False, on_person=False),
        MeasureSide("You cannot post anything new.", AT + timedelta(days=7), lasting=False, on_person=True),
    ),
    next_step=("You cannot take part in the Community.",),
    appeal_until=AT + timedelta(days=184),
    redress="",
)
STATEMENT = (
    "About {subject}, posted {posted_at}. Rule: {clause}, guidelines version {guidelines_version}: {clause_link}. "
    "What we saw: {facts} {automation} What follows: {measures} {ends} {mend} If it happens again: {next_step} "
    "You can appeal until {appeal_until}: {appeal_link}. {redress}"
)


def test_a_statement_of_reasons_names_rule_facts_measures_end_and_the_way_back() -> None:
    assert fill(STATEMENT, author_values(SIDE, ENGLISH), LINKS) == (
        "About your post in general, posted 1 March 2026. Rule: No spam, guidelines version 1: "
        "https://flags.example/guidelines#cg-8a. What we saw: The post offers the same service five times. "
        "A person found and decided this; no program took part. What follows: Removed. You cannot post anything new. "
        "This ends on 9 March 2026. If it happens again: You cannot take part in the Community. "
        "You can appeal until 2 September 2026: https://flags.example/appeal."
    )


def test_where_fewer_than_k_people_saw_it_the_notice_quotes_the_rule_instead_of_the_words() -> None:
    values = author_values(msgspec.structs.replace(SIDE, quotable=False), ENGLISH)
    assert values["facts"] == SIDE.clause_summary
    assert not any("five times" in value for value in values.values())


def test_words_that_were_not_dated_are_said_to_be_undated() -> None:
    assert (
        "a day we do not know"
        in author_values(msgspec.structs.replace(SIDE, undated=True), ENGLISH)["posted_at"]
    )


def test_a_measure_without_end_says_so() -> None:
    lasting = (MeasureSide("Suspended.", None, lasting=True, on_person=True),)
    assert (
        author_values(msgspec.structs.replace(SIDE, measures=lasting), ENGLISH)["ends"]
        == "This has no end of its own."
    )


def test_an_authors_notice_has_no_field_that_could_hold_a_reporter() -> None:
    names = {field.name for field in msgspec.structs.fields(AuthorSide)}
    assert not {
        name for name in names if any(word in name for word in ("flag", "reporter", "number", "option"))
    }


def test_a_text_with_a_reporters_placeholder_cannot_be_filled_for_an_author() -> None:
    with pytest.raises(TextUnfinished, match="number"):
        fill("Somebody flagged this: {number}", author_values(SIDE, ENGLISH), LINKS)


def test_a_reporter_reads_about_their_own_flag() -> None:
    side = ReporterSide(
        platform="Harborlane", number="F-1", option="Spam", why="A rule was broken.", clause="", clause_title="",
        guidelines_version=1, appeal_until=AT,
    )  # fmt: skip
    assert (
        fill("flag {number} ({option}): {why}", reporter_values(side, ENGLISH), LINKS)
        == "Flag F-1 (Spam): A rule was broken."
    )


def test_links_of_the_host_win_over_those_of_the_house() -> None:
    assert links_of({"appeal": "https://host.example/a"}, "https://h").appeal == "https://host.example/a"


def test_a_kind_that_the_policy_adds_is_named_in_words() -> None:
    assert subject_words("video_clip", ENGLISH) == "your video clip"
    assert subject_words("community_post", ENGLISH, group="espanol") == "your post in the group espanol"


def test_every_event_kind_has_a_feed_a_body_and_an_address_and_reporters_have_their_own() -> None:
    assert set(FEED_OF) == set(DATA_OF) == set(EventKind)
    apart = {kind for kind in EventKind if endpoint_of(FEED_OF[kind]) is Endpoint.REPORTER_NOTICES}
    assert apart == {EventKind.NOTICE_REPORTER, EventKind.NOTICE_PERSON}


def test_a_body_is_text_with_type_position_time_and_data() -> None:
    data = MeasureData(
        measure="M-1", kind="remove_content", revision=3, effect="hide", decision="D-1",
        subject=SubjectName("job_post", "77"),
    )  # fmt: skip
    read = msgspec.json.decode(body(EventKind.MEASURE_APPLIED, Feed.MEASURES, 5, AT, data))
    assert read["type"] == "measure.applied"
    assert read_cursor(Feed.MEASURES, read["position"]) == 5
    assert read["data"] == {
        "measure": "M-1", "kind": "remove_content", "revision": 3, "effect": "hide", "decision": "D-1",
        "subject": {"kind": "job_post", "id": "77"},
    }  # fmt: skip


@given(st.sampled_from(Feed), st.integers(min_value=0, max_value=2**62))
def test_a_cursor_leads_back_to_its_position_in_its_own_feed_only(feed: Feed, position: int) -> None:
    assert read_cursor(feed, cursor(feed, position)) == position
    for other in set(Feed) - {feed}:
        with pytest.raises(BadCursor):
            read_cursor(other, cursor(feed, position))
    with pytest.raises(BadCursor):
        read_cursor(feed, cursor(feed, position + 2**63))


@given(st.text(max_size=40))
def test_a_cursor_that_was_made_up_is_refused_in_words(text: str) -> None:
    try:
        assert read_cursor(Feed.MEASURES, text) >= 0
    except BadCursor as error:
        assert error.mend  # noqa: PT017 - any text may be given, only some are refused


def test_an_event_keeps_its_name_at_every_try_and_shares_it_with_no_other() -> None:
    names = {message_id(platform, feed, n) for platform in ("a", "b") for feed in Feed for n in range(50)}
    assert len(names) == 2 * len(Feed) * 50


@given(st.uuids().map(UUID.__str__), st.integers(min_value=1, max_value=20))
def test_pauses_grow_over_days_with_a_spread_and_end_in_a_dead_letter(message: str, tries: int) -> None:
    again = rules.next_try(message, tries, AT)
    if tries > len(rules.PAUSES):
        assert again is None
        return
    assert again is not None
    pause = rules.PAUSES[tries - 1]
    assert AT + pause <= again <= AT + pause * 1.2


def test_tries_go_on_for_days() -> None:
    assert timedelta(days=3) < sum(rules.PAUSES, timedelta()) < timedelta(days=5)


def test_the_houses_own_answers_find_a_value_for_every_placeholder() -> None:
    given = dict.fromkeys(("number", "option", "reason", "platform", "page"), "x")
    assert all("{" not in fill(text, given, LINKS) for text in TEXTS.values())


def test_a_statement_reads_in_the_language_of_the_one_it_goes_to() -> None:
    spanish = tongue_of("es")
    values = author_values(SIDE, spanish)
    assert values["appeal_until"].endswith(f"de {SIDE.appeal_until.year}")
    assert subject_words("job_post", spanish) == "tu oferta de trabajo"
    assert subject_words("community_post", spanish, group="español") == "tu publicación en el grupo español"
    assert subject_words("video_clip", spanish, name="vídeo") == "tu contenido (vídeo)"
