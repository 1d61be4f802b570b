"""Harborlane's side of Flagstaff's contract: who somebody is, what something is, and the calls of this server."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import OctKey

from .access import FORUM
from .content import Books, Item, Person
from .settings import Settings

TOKEN_SECONDS = 15 * 60
TICKET_SECONDS = 7 * 24 * 3600


class Refused(Exception):
    """Flagstaff answered with a problem document, or could not be reached; `problem` says it in words."""

    def __init__(self, problem: dict[str, Any], status: int) -> None:
        """Keep what was said."""
        super().__init__(problem.get("title", ""))
        self.problem = problem
        self.status = status


class Flagstaff:
    """The one place that talks to Flagstaff."""

    def __init__(
        self, settings: Settings, books: Books, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """Open a client; a test passes a transport of its own."""
        self.settings = settings
        self.books = books
        self.client = httpx.AsyncClient(base_url=settings.flagstaff_server, timeout=10, transport=transport)

    # -- who and what, signed by this server, so that no browser can invent it

    def person_token(self, person: Person, role: str = "reporter") -> str:
        """Sign who is here, for 15 minutes."""
        now = int(self.books.now().timestamp())
        claims = {
            "iss": self.settings.platform,
            "sub": person.id,
            "role": role,
            "lang": person.language,
            "origin": self.settings.address,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
        }
        return self._sign({}, claims)

    def subject_ticket(self, item: Item) -> str:
        """Sign what is shown, for 7 days; the text rides along, so that the flag keeps what its reporter saw."""
        now = int(self.books.now().timestamp())
        claims = {"iss": self.settings.platform, **subject_of(item, self.settings.address)}
        claims["lang"] = claims.pop("language")
        return self._sign({"typ": "subject"}, claims | {"iat": now, "exp": now + TICKET_SECONDS})

    def _sign(self, header: dict[str, str], claims: dict[str, Any]) -> str:
        settings = self.settings
        if (
            not settings.token_secret
        ):  # not connected yet: the page still shows, the dialog will say what is wrong
            return ""
        key = OctKey.import_key(settings.token_secret)
        return jwt.encode({"alg": "HS256", "kid": settings.token_kid, **header}, claims, key)

    # -- calls

    async def menu(self, kind: str, language: str, group: str = "") -> dict[str, Any]:
        """Return the options for one kind, with what a group allows."""
        query = {"platform": self.settings.platform, "lang": language, "group": group}
        return await self._call("GET", f"/v1/menus/{kind}", params=query)

    async def hints(self, kind: str, text: str, language: str) -> dict[str, Any]:
        """Return the options that may fit what somebody wrote so far; nothing of it is kept."""
        body = {"kind": kind, "text": text, "language": language}
        return await self._call("POST", "/v1/hints", json=body, headers=self._as_server())

    async def flag(self, reporter: Person, item: Item, choice: dict[str, Any], key: str) -> dict[str, Any]:
        """Send a flag from this server (the way that needs no script) and return the receipt."""
        body = {
            "reporter": {"id": reporter.id, "language": reporter.language},
            "subject": subject_of(item, self.settings.address),
            **choice,
        }
        return await self._call(
            "POST", "/v1/flags", json=body, headers=self._as_server() | {"Idempotency-Key": key}
        )

    async def as_person(
        self, person: Person, role: str, method: str, path: str, **more: Any
    ) -> dict[str, Any]:
        """Call one of the /v1/my endpoints for a signed-in person."""
        headers = {"Authorization": f"Bearer {self.person_token(person, role)}", **more.pop("headers", {})}
        return await self._call(method, path, headers=headers, **more)

    async def measures_after(self, cursor: str) -> dict[str, Any]:
        """Read the feed of measures: what a lost webhook would have said."""
        query = {"after": cursor, "limit": "100"} if cursor else {"limit": "100"}
        return await self._call("GET", "/v1/measures", params=query, headers=self._as_server())

    def _as_server(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.settings.api_key}"}

    async def _call(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            answer = await self.client.request(method, path, **more)
        except httpx.HTTPError as error:
            gone = {"title": "Trust & Safety cannot be reached", "mend": "Please try again in a few minutes."}
            raise Refused(gone, 503) from error
        try:
            said = answer.json() if answer.content else {}
        except ValueError:
            said = {"title": f"Trust & Safety answered {answer.status_code} without words"}
        if answer.is_error:
            raise Refused(said, answer.status_code)
        return dict(said)

    # -- what Flagstaff must hear: kept until it was heard

    def tell_event(self, kind: str, item: Item) -> None:
        """Say that an author edited or deleted something; `kind` is edited or deleted_by_author."""
        event = {"type": kind, "subject": subject_of(item, self.settings.address)}
        self._keep("/v1/content-events", {"events": [event]})

    def tell_new(self, item: Item) -> None:
        """Push something new, so that a later flag finds the words as they were posted."""
        self._keep("/v1/content", subject_of(item, self.settings.address))

    def _keep(self, path: str, body: dict[str, Any]) -> None:
        self.books.run("insert into outgoing (path, body) values (?, ?)", path, json.dumps(body))

    async def send_kept(self) -> None:
        """Send what waits, oldest first; what is refused for good is set aside with the reason, for a person."""
        for row in self.books.rows("select * from outgoing where problem is null order by n limit 50"):
            headers = {
                "Content-Type": "application/json",
                "Idempotency-Key": f"out-{self.books.name}-{row['n']}",
            }
            try:
                await self._call(
                    "POST", row["path"], content=row["body"], headers=self._as_server() | headers
                )
            except Refused as refused:
                if refused.status >= 500 or refused.status in (401, 403, 429):
                    return  # not now; the next event or start tries again
                said = json.dumps(refused.problem)
                self.books.run("update outgoing set problem = ? where n = ?", said, row["n"])
            else:
                self.books.run("delete from outgoing where n = ?", row["n"])


def subject_of(item: Item, address: str) -> dict[str, Any]:
    """Return an item as Flagstaff's contract names it."""
    subject: dict[str, Any] = {
        "kind": item.kind,
        "id": item.id,
        "author": item.author,
        "place": place_of(item),
        "posted_at": _moment(item.posted_at),
        "audience": audience_of(item),
        "title": item.title,
        "text": item.text,
        "link": address + item.path,
        "language": item.language,
    }
    if item.participant:
        subject["participant"] = item.participant
    if item.edited_at:
        subject["edited_at"] = _moment(item.edited_at)
    return subject


def place_of(item: Item) -> dict[str, str]:
    """Say where an item lives."""
    if not item.in_community:
        thread = {"thread": item.thread} if item.thread else {}
        return {"surface": "marketplace", **thread}
    narrower = {"board": item.board, "group": item.group, "thread": item.thread}
    return {
        "surface": "community",
        "part": FORUM,
        **{name: value for name, value in narrower.items() if value},
    }


def audience_of(item: Item) -> int:
    """Return the bucket of how many could have seen an item: 1, 2, 5 or 20."""
    if item.kind in ("private_message", "proposal"):
        return 1
    return max(bucket for bucket in (1, 2, 5, 20) if bucket <= max(item.views, 1))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
