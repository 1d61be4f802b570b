"""Say how far the reviewers of a platform agree on comments that several of them answered."""

import msgspec

from flagstaff.flows.change_codebook import Kept
from flagstaff.insight.agreement import Agreement, agreement
from flagstaff.insight.dive import Drawn


class Compared(msgspec.Struct, frozen=True):
    """How far reviewers agree, and how many of them answered comments that somebody else answered too."""

    agreement: Agreement
    reviewers: int


def compare_reviewers(kept: Kept) -> Compared:
    """Compare today's answers to comments drawn at random; what is to be asked again says nothing."""
    by_row: dict[object, dict[object, str]] = {}
    for one in kept.said:
        if one.drawn is Drawn.RANDOM and not one.before_line:
            by_row.setdefault(one.row, {})[one.reviewer] = one.theme
    shared = [answers for answers in by_row.values() if len(answers) > 1]
    reviewers = {reviewer for answers in shared for reviewer in answers}
    return Compared(agreement([tuple(one.values()) for one in shared]), len(reviewers))
