"""What a model answered helps where it is right, is seen through where it is wrong, and is nowhere where none was."""

from collections.abc import Mapping
from uuid import UUID

import msgspec
import pytest

from flagstaff.corpus.answering import TRUST, Answers
from flagstaff.corpus.dive import Asked, Found, dive
from flagstaff.insight.dive import BOTH, HOUSE, MODEL, NOT_USABLE, OTHER, Drawn, Score, ThemeRow
from flagstaff.insight.prompting import Coder
from tests.corpus.comments import LINES, comments, label

COMMENTS, ABOUT = comments()
IN_ORDER = sorted(COMMENTS, key=lambda one: one.place)
VECTORS = dive(Asked(comments=COMMENTS, lines=LINES)).vectors
CODER = Coder(endpoint="https://models.example/v1", model="small")
ALIKE = dict.fromkeys(ABOUT, "noise")


def dived(
    themes: Mapping[UUID, str] | None = None, labelled: int = 0, drawn: Drawn = Drawn.RANDOM, lines: int = 3
) -> Found:
    said = tuple(label(one.row, ABOUT[one.row], drawn) for one in IN_ORDER[:labelled])
    answers = None if themes is None else Answers(CODER, themes)
    return dive(Asked(comments=COMMENTS, lines=LINES[:lines], labels=said, vectors=VECTORS, answers=answers))


def row(found: Found, key: str) -> ThemeRow:
    return next(one for one in found.table.rows if one.key == key)


def test_a_run_that_asked_no_model_says_nothing_of_one() -> None:
    table = dived(labelled=25).table
    assert table.coders == ()
    written = msgspec.json.encode(table)
    assert b"coders" not in written
    assert b"endpoint" not in written
    assert msgspec.json.decode(written, type=type(table)) == table
    # As it was before models could be asked: whoever kept a run can make it again.
    assert table.inputs == "3cc0ec41ec1c89e78c3653dafa7f5751ac18cd57c81a099f62f1a3d20c43298b"


def test_another_answer_another_model_and_none_are_other_inputs() -> None:
    first = dived(ABOUT).table
    assert first.model == f"{dived().table.model} + small"
    assert first.parameters["endpoint"] == "https://models.example/v1"
    assert first.parameters["answered"] == len(ABOUT)
    others = [dived().table, dived({**ABOUT, IN_ORDER[0].row: OTHER}).table, dived({}).table]
    assert len({first.inputs, *(one.inputs for one in others)}) == 4
    backwards = dict(reversed(ABOUT.items()))
    assert msgspec.json.encode(dived(backwards).table) == msgspec.json.encode(first)


def test_without_labels_an_answer_leads_and_the_range_reaches_from_one_guess_to_the_other() -> None:
    house, with_model = dived(), dived(ALIKE)
    assert {one.theme for one in with_model.coded} == {"noise"}
    alone, mixed = row(house, "unpaid").sized, row(with_model, "unpaid").sized
    assert mixed.share == pytest.approx((1 - TRUST) * alone.share)
    assert mixed.low == pytest.approx(0.0)
    assert mixed.high >= alone.share


def test_with_labels_the_head_learns_how_far_a_model_is_to_be_trusted() -> None:
    turned = {"unpaid": "elsewhere", "elsewhere": "noise", "noise": "unpaid"}
    for themes in (ABOUT, ALIKE, {one: turned[theme] for one, theme in ABOUT.items()}):
        found = dived(themes, labelled=25)
        right = sum(one.theme == ABOUT[one.row] for one in found.coded)
        assert right >= 27, "a model that is always wrong in one way is as good as one that is right"
        assert all(row(found, one.key).sized.share == pytest.approx(1 / 3, abs=0.06) for one in LINES)
        assert sum(one.sized.share for one in found.table.rows) == pytest.approx(1.0)


def test_each_coder_is_measured_on_audited_comments_that_it_had_not_seen() -> None:
    some = {one.row: ABOUT[one.row] for one in IN_ORDER[5:]}
    house, model, both = dived(some, labelled=25).table.coders
    assert model == Score(coder=MODEL, right=20, of=25), "what was not answered is not right"
    assert (house.coder, both.coder, house.of, both.of) == (HOUSE, BOTH, 25, 25)
    assert house.right == round(25 * (dived(labelled=25).table.accuracy or 0))
    assert both.right == round(25 * (dived(some, labelled=25).table.accuracy or 0))
    assert dived(some).table.coders == (), "nothing is measured without an audit"
    assert dived(some, labelled=25, drawn=Drawn.UNSURE).table.coders == ()


def test_what_no_line_says_any_more_is_no_answer() -> None:
    found = dived({**ALIKE, IN_ORDER[0].row: "gone long ago", IN_ORDER[1].row: NOT_USABLE}, labelled=25)
    assert found.table.coders[1].of == 25
    proposed = dived(ALIKE, lines=0).table
    assert "endpoint" not in proposed.parameters, "a model is asked about a codebook that people wrote"
