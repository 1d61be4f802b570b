"""Count how often a hint names the option that a labelled comment is about, and how sure that figure is."""

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from flagstaff.menus.model import Menu

NATURAL, HARD = "else-comments-natural", "else-comments"

REASONS: Final[Mapping[str, tuple[str, ...]]] = {
    "free_work": ("free_work",),
    "illegal_or_unethical": ("illegal_or_unethical",),
    "freelancer_ad": ("freelancer_ad",),
    "unclear_incomplete": ("unclear_incomplete",),
    "low_budget": ("low_pay",),
    "off_platform_contact": ("off_platform_payment", "contact_before_contract", "contact_or_private_comms"),
    "repost_or_duplicate": ("duplicate_or_miscategorised", "repetition", "boilerplate_proposal"),
    "account_sharing": ("account_rental", "urges_policy_breach"),
    "pay_to_apply": ("upfront_fee",),
    "discrimination": ("discriminatory_requirement", "hate_or_discrimination"),
    "feedback_blackmail": ("feedback_coercion",),
    "identity_documents": ("account_rental",),
    "copied_profile": ("fake_or_stolen_profile", "impersonation", "stolen_work"),
    "rude_or_insulting": ("threatening_or_abusive", "disrespect"),
}
"""Which reasons a theme of the two files is about; a menu shows some of them. The other themes have no option."""
WHERE_THERE_IS_NO_OTHER: Final[Mapping[str, tuple[str, ...]]] = {
    "repost_or_duplicate": ("suspicious_link_or_spam",)
}
"""Messages have no option of their own for what comes again and again; “looks like spam” is theirs."""


class Comment(NamedTuple):
    """One labelled line of a file."""

    id: str
    kind: str
    theme: str
    words: str


class Hits(NamedTuple):
    """Of so many comments so many found their option first, or among the three."""

    comments: int
    first: int
    three: int

    def plus(self, other: "Hits") -> "Hits":
        """Return both together."""
        return Hits(*(one + two for one, two in zip(self, other, strict=True)))


class Silence(NamedTuple):
    """Of so many comments for which there is no option so many were left without a proposal."""

    comments: int
    silent: int


Propose = Callable[[str, str], Sequence[str]]
"""From a kind and a text to the reasons proposed, the best first."""


def read_comments(folder: Path) -> list[Comment]:
    """Return the lines of a file in its order."""
    with (folder / "comments.csv").open(encoding="utf-8", newline="") as file:
        return [
            Comment(row["id"], row["subject_type"], row["theme"], row["comment"])
            for row in csv.DictReader(file)
        ]


def is_held_out(comment: Comment) -> bool:
    """Tell the half that nobody read while cues were written: by a digest, so that nobody chose."""
    return hashlib.sha256(f"hint:{comment.id}:{comment.words}".encode()).digest()[0] % 2 == 1


def wanted(comment: Comment, menu: Menu) -> frozenset[str]:
    """Return the reasons of a menu that a comment is about; none where its theme has no option there."""
    shown = {option.reason for option in menu.options}
    return frozenset(
        shown.intersection(REASONS.get(comment.theme, ()))
        or shown.intersection(WHERE_THERE_IS_NO_OTHER.get(comment.theme, ()))
    )


def hits_by_theme(
    comments: Iterable[Comment], menus: Mapping[str, Menu], propose: Propose
) -> tuple[dict[str, Hits], Silence]:
    """Return the hits of each theme that has an option, and how often nothing was proposed where there is none."""
    found: dict[str, Hits] = {}
    others: Counter[bool] = Counter()
    for comment in comments:
        proposed = propose(comment.kind, comment.words)
        right = wanted(comment, menus[comment.kind])
        if right:
            one = Hits(1, int(bool(right & set(proposed[:1]))), int(bool(right & set(proposed[:3]))))
            found[comment.theme] = found.get(comment.theme, Hits(0, 0, 0)).plus(one)
        else:
            others[not proposed] += 1
    return dict(sorted(found.items())), Silence(others.total(), others[True])


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927): honest also for few comments and for shares near 1."""
    if not of:
        return 0.0, 1.0
    z, share = 1.959964, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    reach = z / (1 + z * z / of) * (share * (1 - share) / of + z * z / (4 * of * of)) ** 0.5
    return max(0.0, middle - reach), min(1.0, middle + reach)
