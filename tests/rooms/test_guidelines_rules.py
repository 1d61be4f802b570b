"""Guidelines as data: which measure fits where, which steps remain in a place, what a lookup finds."""

import msgspec
import pytest

from flagstaff.flows.read_policy import read_policy
from flagstaff.guidelines import rules
from flagstaff.guidelines.check import check_guidelines
from flagstaff.guidelines.ladders import repeat_offences
from flagstaff.guidelines.model import Guidelines, Ladder


@pytest.fixture(scope="module")
def guidelines() -> Guidelines:
    """Give the default guidelines."""
    return read_policy().guidelines


def test_a_clause_is_found_by_its_key(guidelines: Guidelines) -> None:
    clause = rules.clause_of(guidelines, "MT-6")
    assert clause is not None
    assert (clause.title, clause.severity, clause.decidable) == ("No free work", 2, True)
    assert rules.clause_of(guidelines, "MT-66") is None


def test_a_decision_may_name_violations_and_discretion_only(guidelines: Guidelines) -> None:
    on_reviews = {clause.key for clause in rules.decidable_clauses(guidelines, "review")}
    assert {"MT-20", "CG-12c"} <= on_reviews
    assert not {"CG-A4", "CG-13", "MT-6"} & on_reviews


@pytest.mark.parametrize(
    ("measure", "kind", "place", "fits"),
    [
        ("remove_content", "job_post", "marketplace", True),
        ("remove_content", "flag_use", "community", False),
        ("remove_from_group", "community_post", "group", True),
        ("remove_from_group", "community_post", "board", False),
        ("remove_from_board", "community_post", "group", True),
        ("remove_from_community", "job_post", "marketplace", False),
        ("suspend_site", "job_post", "marketplace", True),
        ("refer_outside", "job_post", "marketplace", True),
        ("warning", "flag_use", "marketplace", True),
    ],
)
def test_a_measure_fits_where_its_scope_is_round_the_subject(
    guidelines: Guidelines, measure: str, kind: str, place: str, fits: bool
) -> None:
    known = guidelines.measure_by_key[measure]
    assert rules.measure_fits(guidelines, known, kind, place) is fits


def test_steps_that_do_not_fit_the_place_are_skipped(guidelines: Guidelines) -> None:
    civility = guidelines.ladder_by_key["civility"]
    assert rules.fitting_steps(guidelines, civility, "review", "marketplace") == (0, 1, 6, 7)
    assert rules.fitting_steps(guidelines, civility, "community_post", "group") == tuple(range(8))


def test_somebody_who_goes_on_meets_every_step_in_turn(guidelines: Guidelines) -> None:
    steps = list(guidelines.ladder_by_key["circumvent"].steps)
    assert repeat_offences(guidelines, steps) == [0, 1, 2, 3, 4]


def test_what_was_long_ago_no_longer_counts(guidelines: Guidelines) -> None:
    forgetful = msgspec.structs.replace(guidelines.ladder_rules, decay_days=3)
    short = msgspec.structs.replace(guidelines, ladder_rules=forgetful)
    assert set(repeat_offences(short, list(guidelines.ladder_by_key["circumvent"].steps))) == {0}


def test_every_decidable_clause_has_a_ladder_and_a_time_target(guidelines: Guidelines) -> None:
    for clause in guidelines.clauses:
        if clause.decidable:
            assert isinstance(rules.ladder_of(guidelines, clause.key), Ladder)
            severity = rules.severity_of(guidelines, clause.severity or 0)
            assert severity is not None
            assert severity.target_hours is not None


def test_the_list_for_a_second_person_is_one(guidelines: Guidelines) -> None:
    assert set(guidelines.second_person.measures) == {
        "remove_from_community",
        "suspend_site",
        "terminate_account",
        "refer_outside",
    }


def test_a_group_lifts_only_what_it_names(guidelines: Guidelines) -> None:
    lifted = list(rules.exceptions_for(guidelines, "showcase", "CG-2a"))
    assert [exception.limit for _, exception in lifted if exception.limit] != []
    assert list(rules.exceptions_for(guidelines, "showcase", "CG-2b")) == []
    assert list(rules.exceptions_for(guidelines, "no-such-group", "CG-2a")) == []


def test_notices_are_found_by_key(guidelines: Guidelines) -> None:
    notice = rules.notice_of(guidelines, "statement_of_reasons")
    assert notice is not None
    assert notice.to == "author"
    assert rules.notice_of(guidelines, "nothing") is None


def test_the_default_guidelines_have_no_findings(guidelines: Guidelines) -> None:
    assert check_guidelines(guidelines) == []
