"""Comments under Other are counted by what hints would have proposed; what could point at one comment is not told."""

import json

from hypothesis import given, strategies as st

from flagstaff.menus.estimating import HITS_MEASURED, READ_AT_LEAST, TOLD_AT_LEAST, Tally
from flagstaff.menus.hints import index_of
from tests.architecture.tree import ROOT
from tests.houses import default_policy

VERSION = default_policy().menu_versions[-1]
INDEX = index_of(VERSION, VERSION.menu_by_kind["job_post"], {})
FREE = "job_post.free_work"
ABOUT = "They want three samples and only the winner is paid"
ELSE = "asdfgh qwe"


def tally(about: int, other: int) -> Tally:
    made = Tally(INDEX, [FREE, "job_post.account_rental"])
    for text in [ABOUT] * about + [ELSE] * other:
        made.hear(text)
    return made


def test_each_comment_is_counted_once_for_what_it_would_have_been_proposed() -> None:
    heard = tally(20, 80).told("job_post", 500, 100)
    rental, free = heard.options
    assert (free.option, free.first, free.within) == (FREE, 20, 20)
    assert (rental.first, rental.within) == (0, 0)
    assert (heard.read, heard.under_other, heard.drawn) == (100, 500, 100)
    assert heard.says_enough


def test_below_fifty_comments_nothing_is_said() -> None:
    assert not tally(20, READ_AT_LEAST - 21).told("job_post", 49, 49).says_enough


@given(st.integers(0, 12), st.integers(0, 12))
def test_some_but_too_few_are_never_told_nor_all_but_too_few(about: int, other: int) -> None:
    for one in tally(about, other).told("job_post", 24, 24).options:
        for count in (one.first, one.within):
            if count is not None:
                assert count == 0 or count >= TOLD_AT_LEAST
                assert count == about + other or about + other - count >= TOLD_AT_LEAST


def test_the_page_quotes_the_hit_rates_that_were_measured_last() -> None:
    kept = ROOT / "bench" / "results" / "hint-hits.json"
    rows = json.loads(kept.read_text(encoding="utf-8"))["rows"]
    (found,) = [row for row in rows if row[:2] == ["natural, held out", "all"]]
    assert (HITS_MEASURED.comments, HITS_MEASURED.first, HITS_MEASURED.within) == (
        found[2], round(found[3]), round(found[6]),
    )  # fmt: skip
