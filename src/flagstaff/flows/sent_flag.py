"""What a door hands over of one flag, and the checks that need nothing but the published policy."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from flagstaff.flags import rules as flag_rules
from flagstaff.flags.model import Choice, DetailLimits, Details
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.guidelines.rules import is_reference_only
from flagstaff.kernel.errors import Conflict, FlagstaffError, Forbidden, NotFound, Refusal
from flagstaff.menus.model import MenuVersion, Option
from flagstaff.menus.rules import label_in, words_in
from flagstaff.subjects.model import Seen
from flagstaff.vocabulary.kinds import DetailsMode, OptionKind
from flagstaff.vocabulary.references import ClauseId, MenuVersion as VersionNumber, OptionKey, PersonRef
from flagstaff.vocabulary.severity import Severity

MESSAGE_KINDS = frozenset({"private_message"})
"""Kinds that only those who take part in them can flag."""
DEFAULT_LIMITS = DetailLimits()
NEIGHBOURS_AT_MOST = 5


class UnknownKind(NotFound):
    """The platform has no menu for this kind of subject."""

    slug = "unknown-kind"
    title = "There is no menu for this kind of subject"


class UnknownOption(Refusal):
    """The menu version that the flag names has no such option."""

    slug = "unknown-option"
    status = 422
    title = "This option is not on that menu"


class UnknownMenuVersion(Conflict):
    """The flag names a menu version that this platform never published."""

    slug = "unknown-menu-version"
    title = "This menu version was never published"


class OwnContent(Forbidden):
    """Somebody flags what they wrote themselves."""

    slug = "own-content"
    title = "Your own content cannot be flagged"


class NotAParticipant(Forbidden):
    """Somebody flags a message that is not between them and others."""

    slug = "not-a-participant"
    title = "Only those who take part in a message can flag it"


class Neighbour(msgspec.Struct, frozen=True):
    """One message beside the flagged one that its reporter ticked."""

    id: str
    text: str


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One flag as a door took it in: who, what, and which option of which menu version.

    `participants` are those who take part in a message, None where nobody said. `hinted`: a
    hint led from Other to this option. `request` is the keyed digest of
    caller, route and Idempotency-Key, `body` the keyed digest of what was sent. `received_at`: for days
    that are lived again, when it came; None is now.
    """

    reporter: PersonRef
    seen: Seen
    option: str
    menu_version: int
    language: str
    hinted: bool = False
    details: str = ""
    answers: Mapping[str, str] = {}
    neighbours: tuple[Neighbour, ...] = ()
    participants: tuple[str, ...] | None = None
    request: bytes | None = None
    body: bytes = b""
    received_at: datetime | None = None


class Checked(msgspec.Struct, frozen=True):
    """A flag that the policy accepts, its option as its reporter saw it; `converted_from`: Other, left for a hint."""

    sent: Sent
    option: Option
    choice: Choice
    seen: Seen
    converted_from: str | None = None


def check_sent(policy: PolicyBook, sent: Sent) -> Checked:
    """Return the flag with its option; raises one precise refusal, the first that applies."""
    platform, kind = sent.seen.ref.platform, sent.seen.ref.kind
    if not policy.has_kind(platform, kind):
        what = f"this platform has no menu for {kind!r}"
        known = ", ".join(sorted(policy.menus(platform).menu_by_kind))
        raise UnknownKind(what, where="subject.kind", mend=f"use one of: {known}")
    version = _version(policy, sent)
    option = version.option_by_key.get(sent.option)
    if option is None or option.subject != kind:
        what = f"menu version {version.number} for {kind} has no option {sent.option!r}"
        raise UnknownOption(what, where="option", mend=f"load /v1/menus/{kind} and choose one of its keys")
    _check_reporter(sent)
    _check_words(sent, option, version)
    label = label_in(words_in(version, option, sent.language).label, policy.host(platform).name)
    other = version.menu_by_kind[kind].last
    from_other = other.key if sent.hinted and option.key != other.key else None
    return Checked(sent, option, _choice(sent, option, label), _kept_part(policy, sent, option), from_other)


def _version(policy: PolicyBook, sent: Sent) -> MenuVersion:
    """Accept every version that was ever published, so that a dialog left open or offline for days loses nothing."""
    version = policy.menus_version(sent.seen.ref.platform, sent.menu_version)
    if version is None:
        live = policy.menus(sent.seen.ref.platform).number
        what = f"menu version {sent.menu_version} was never published here"
        mend = f"load the menu again; version {live} is live"
        raise UnknownMenuVersion(what, where="menu_version", mend=mend, live_version=live)
    return version


def _check_reporter(sent: Sent) -> None:
    if sent.seen.author == sent.reporter.id:
        what = "the person who flags wrote this subject"
        raise OwnContent(what, where="subject", mend="edit or delete it on the platform instead")
    if sent.seen.ref.kind in MESSAGE_KINDS:
        if sent.participants is None:
            what = "nobody said who takes part in this message"
            raise NotAParticipant(
                what, where="subject", mend="name its participants in the ticket or the body"
            )
        if sent.reporter.id not in sent.participants:
            what = "the person who flags does not take part in this message"
            raise NotAParticipant(what, where="reporter", mend="only its sender and recipients see it")


def _check_words(sent: Sent, option: Option, version: MenuVersion) -> None:
    unknown = sorted(set(sent.answers) - set(option.prompts))
    if unknown:
        what = f"the option does not ask {unknown[0]!r}"
        raise Refusal(what, where="answers", mend=f"its prompts are: {', '.join(option.prompts) or 'none'}")
    if len(sent.neighbours) > NEIGHBOURS_AT_MOST:
        what = f"{len(sent.neighbours)} neighbouring messages were sent"
        raise Refusal(what, where="neighbours", mend=f"send at most {NEIGHBOURS_AT_MOST}")
    answered = sum(bool(answer.strip()) for answer in sent.answers.values())
    details = Details(sent.details, OptionKind(option.kind), DetailsMode(option.details), answered)
    limits = DetailLimits(
        option.details_min_graphemes or DEFAULT_LIMITS.other_least, version.details_max_graphemes
    )
    flag_rules.check_details(details, limits)


def _choice(sent: Sent, option: Option, label: str) -> Choice:
    return Choice(
        option=OptionKey(option.key),
        kind=OptionKind(option.kind),
        severity=Severity(option.severity),
        menu_version=VersionNumber(sent.menu_version),
        language=sent.language,
        label=label,
        clauses=frozenset(map(ClauseId, option.clauses)),
    )


def _kept_part(policy: PolicyBook, sent: Sent, option: Option) -> Seen:
    """Leave out the content where the option leads to a clause that may be named but never copied."""
    grave = is_reference_only(policy.guidelines(sent.seen.ref.platform), option.clauses)
    return msgspec.structs.replace(sent.seen, reference_only=True) if grave else sent.seen


def refusal_of(policy: PolicyBook, sent: Sent) -> Checked | FlagstaffError:
    """Check one flag of a batch without failing its neighbours."""
    try:
        return check_sent(policy, sent)
    except FlagstaffError as refused:
        return refused
