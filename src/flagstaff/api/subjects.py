"""Turn a subject as a platform sent it into the house's own value."""

from datetime import datetime

from flagstaff.api.bodies import FlagBody, Subject
from flagstaff.api.reading import Malformed, plain_text
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.kernel.clock import in_utc
from flagstaff.platforms.tokens import SubjectTicket
from flagstaff.subjects.model import Seen
from flagstaff.vocabulary.audience import Audience
from flagstaff.vocabulary.references import Place, Platform, SubjectKind, SubjectRef, Surface


def seen_in_body(policy: PolicyBook, platform: Platform, subject: Subject) -> Seen:
    """Return a subject that a platform's server described; raises Malformed for a time that cannot be."""
    return Seen(
        ref=SubjectRef(platform, SubjectKind(subject.kind), subject.id),
        place=subject.place or usual_place(policy, platform, subject.kind),
        author=subject.author,
        title=subject.title,
        words=subject.text,
        link=subject.link,
        hash=subject.hash.encode() if subject.hash else None,
        language=subject.language,
        posted_at=_moment(subject.posted_at, "subject.posted_at"),
        edited_at=_moment(subject.edited_at, "subject.edited_at"),
        audience=_bucket(subject.audience),
    )


def participants_in_body(subject: Subject) -> tuple[str, ...] | None:
    """Return who takes part in a message, None where the platform did not say."""
    named = subject.participant
    return (named,) if isinstance(named, str) else named


def seen_in_ticket(policy: PolicyBook, ticket: SubjectTicket, body: FlagBody) -> Seen:
    """Return a subject that a ticket names; a browser's own title and text count only where nothing else is known."""
    bare = ticket.title is None and ticket.text is None and ticket.hash is None
    platform, kind = ticket.subject.platform, str(ticket.subject.kind)
    for text in (ticket.subject.id, ticket.author.id, ticket.title, ticket.text, ticket.link, ticket.hash):
        plain_text(text or "", "ticket")
    place = ticket.place or usual_place(policy, platform, kind)
    for level in (place.part, place.board, place.group, place.thread):
        plain_text(level or "", "ticket")
    return Seen(
        ref=ticket.subject,
        place=place,
        author=ticket.author.id,
        title=body.title if bare else ticket.title,
        words=body.text if bare else ticket.text,
        link=ticket.link,
        hash=ticket.hash.encode() if ticket.hash else None,
        language=ticket.language,
        posted_at=ticket.posted_at,
        edited_at=ticket.edited_at,
        audience=ticket.audience,
        unsigned=bare,
    )


def usual_place(policy: PolicyBook, platform: str, kind: str) -> Place:
    """Return where a kind lives when its platform does not say: the Community only where nothing else is possible."""
    kinds = {one.key: one.lives_in for one in policy.guidelines(platform).subject_kinds}
    outside = "marketplace" in kinds.get(kind, ("marketplace",))
    return Place(Surface.MARKETPLACE if outside else Surface.COMMUNITY)


def _bucket(audience: str | int | None) -> Audience | None:
    if audience is None:
        return None
    return Audience.of(audience) if isinstance(audience, int) else Audience(audience)


def _moment(moment: datetime | None, where: str) -> datetime | None:
    try:
        return None if moment is None else in_utc(moment)
    except ValueError as error:
        raise Malformed(str(error), where=where, mend="send the time at which it happened, or none") from None
