"""What arrives from Flagstaff: measures to carry out and notices to hand on.

Deliveries come at least once and in order per subject or person. So: the signature is checked over the raw bytes, an
id that was seen is thanked for and dropped, and a revision not newer than the last of its subject or person is ignored.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from .content import Books


class BadSignature(Exception):
    """The request was not signed with the secret that this endpoint shares with Flagstaff."""


def receive(
    books: Books, secret: str, body: bytes, headers: Mapping[str, str], allowed: tuple[str, ...]
) -> str:
    """Take one delivery and say what became of it: applied, duplicate, older or ignored. Raises BadSignature.

    `allowed` lists the families this endpoint may carry: the one that hides content never hears who flagged.
    """
    try:
        Webhook(secret).verify(body, {name.lower(): value for name, value in headers.items()})
    except (WebhookVerificationError, ValueError, RuntimeError) as error:
        raise BadSignature from error
    event = json.loads(body)
    if not str(event["type"]).startswith(allowed):
        return "ignored"
    books.connection.execute("begin immediate")
    try:
        said = "applied"
        if not books.run("insert or ignore into hook (id) values (?)", headers["webhook-id"]):
            said = "duplicate"
        elif event["type"].startswith("measure."):
            said = apply_measure(books, event["data"], lifted=event["type"] == "measure.lifted")
        elif event["type"].startswith("notice."):
            # What somebody suggested or wrote is answered to the one who sent it, as a flag is.
            _keep_notice(books, "author" if event["type"] == "notice.author" else "reporter", event)
        else:
            said = "ignored"  # new menus and guidelines: this host asks for them each time
    except BaseException:
        books.connection.execute("rollback")
        raise
    books.connection.execute("commit")
    return said


def apply_measure(books: Books, measure: Mapping[str, Any], *, lifted: bool = False) -> str:
    """Carry one measure out, or ignore it when something newer about the same subject or person was carried out."""
    subject, person = measure.get("subject"), _key(measure.get("person"))
    target = f"subject {subject['kind']} {subject['id']}" if subject else f"person {person}"
    newer = books.run(
        "insert into revision (target, number) values (?, ?) on conflict (target) do update"
        " set number = excluded.number where excluded.number > revision.number",
        target,
        measure["revision"],
    )
    if not newer:
        return "older"
    number, effect = str(measure["measure"]), measure["effect"]
    if lifted:  # whatever else still stands, this one has ended
        for table in ("hidden", "restriction", "told"):
            books.run(f"delete from {table} where measure = ?", number)  # noqa: S608  # our own three names
    if subject and effect == "hide":
        row = (subject["kind"], subject["id"], number)
        books.run("insert or ignore into hidden (kind, id, measure) values (?, ?, ?)", *row)
    elif subject and effect == "show":  # nothing else stands, says Flagstaff
        books.run("delete from hidden where kind = ? and id = ?", subject["kind"], subject["id"])
    elif effect == "restrict":
        scope, ref = _scope(measure)
        books.run(
            "insert or replace into restriction (person, scope, ref, measure, until) values (?, ?, ?, ?, ?)",
            *(person, scope, ref, number, measure.get("until")),
        )
    elif effect == "allow":
        scope, ref = _scope(measure)
        books.run("delete from restriction where person = ? and scope = ? and ref = ?", person, scope, ref)
    elif effect == "tell" and not lifted and person:
        books.run("insert or ignore into told (person, measure) values (?, ?)", person, number)
    return "applied"


def _scope(measure: Mapping[str, Any]) -> tuple[str, str]:
    """Return what is closed, and the name of the board or group where the level needs one."""
    by_kind = {"restrict_posting": "posting", "restrict_flagging": "flagging"}
    scope = measure.get("scope") or {}
    level = by_kind.get(str(measure.get("kind")), str(scope.get("level") or "site"))
    return level, str(scope.get("id") or "")


def _key(person: Any) -> str:
    return str(person or "")


def _keep_notice(books: Books, box: str, event: Mapping[str, Any]) -> None:
    data = event["data"]
    number = data.get("notice") or data.get("flag") or data.get("number") or ""
    at = str(event.get("at") or datetime.now(UTC).isoformat(timespec="seconds"))
    more = {name: data[name] for name in ("code", "status", "about") if data.get(name)}
    links = dict(data.get("links") or {}) | more
    books.run(
        "insert or ignore into notice (box, number, person, text, links, at) values (?, ?, ?, ?, ?, ?)",
        *(box, str(number), _key(data["person"]), str(data["text"]), json.dumps(links), at),
    )
