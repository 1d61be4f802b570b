"""Let people use a house that dies under them: reporters, authors, moderators, and their platform's server."""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Callable, Coroutine
from typing import Any

import httpx

from bench.chaos.ledger import SentAppeal, SentFlag
from bench.chaos.receiver import Event
from bench.chaos.world import AWAY, Staff, World

OPTIONS = (
    "job_post.free_work",
    "job_post.looks_like_scam",
    "job_post.unclear_incomplete",
    "job_post.upfront_fee",
)
CALM = "calm"
"""Subjects that no moderator touches: their addenda can be counted exactly."""
_PAUSE = 0.05
_SUBJECTS_AT_ONCE = 25
_FLAGS_EACH = 6


class Crowd:
    """All who use the house, until `leave`."""

    def __init__(self, world: World, *, reporters: int = 6) -> None:
        self.world = world
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._reporters = reporters
        self._appealing: set[asyncio.Task[None]] = set()

    def come(self) -> None:
        """Begin."""
        self.world.receiver.on_event = self._read_notice
        deeds: list[Callable[[], Coroutine[Any, Any, None]]] = [
            *[self._report] * self._reporters,
            self._repeat,
            self._write,
        ]
        self._tasks = [asyncio.create_task(self._go_on(deed)) for deed in deeds]
        self._tasks += [asyncio.create_task(self._moderate(who)) for who in self.world.staff]

    async def leave(self) -> None:
        """Let everybody finish: whoever began to send goes on until there is an answer."""
        self._stop.set()
        self.world.receiver.on_event = lambda _: None
        await asyncio.gather(*self._tasks, *self._appealing)

    async def _go_on(self, deed: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while not self._stop.is_set():
            await deed()
            await asyncio.sleep(self.world.chance.uniform(0.01, 0.06))

    # ------------------------------------------------------------ reporters
    def flag(self, subject: str, reporter: str, *, repeats: bool = False) -> SentFlag:
        number = next(self.world.numbers)
        body = {
            "reporter": {"id": reporter},
            "subject": {
                "kind": "job_post",
                "id": subject,
                "author": f"author-of-{subject}",
                "title": "Logo for a bakery",
                "text": f"Three samples first, the best one of {subject} is paid.",
                "audience": "20+",
            },
            "option": self.world.chance.choice(OPTIONS),
            "menu_version": self.world.platform.menu_version,
            "details": "They ask everybody for work and pay nobody.",
        }
        key = f"{subject}-{reporter}-{number}"
        flag = SentFlag(key, json.dumps(body).encode(), subject, repeats)
        self.world.ledger.flags.append(flag)
        return flag

    async def _report(self) -> None:
        chance, number = self.world.chance, next(self.world.numbers)
        subject = f"job-{number // _FLAGS_EACH - chance.randrange(_SUBJECTS_AT_ONCE)}"
        flag = self.flag(subject, f"r-{number}")
        if chance.random() < 0.1:  # an impatient client: the same request twice at once
            await asyncio.gather(self.send(flag), self.send(flag))
        else:
            await self.send(flag)
        if chance.random() < 0.1:  # and one that asks again later
            await self.send(chance.choice(self.world.ledger.flags))

    async def _repeat(self) -> None:
        """Flag again what was flagged before, under a new key."""
        number = next(self.world.numbers) % 40
        subject = f"{CALM}-{number}"
        known = any(one.subject == subject for one in self.world.ledger.flags)
        await self.send(self.flag(subject, f"calm-reporter-{number}", repeats=known))

    async def send(self, flag: SentFlag) -> None:
        """Send a flag with its key until there is an answer, whatever happens meanwhile."""
        ledger = self.world.ledger
        headers = self.world.as_server(**{"idempotency-key": flag.key})
        while True:
            flag.tries += 1
            began = time.monotonic()
            try:
                answer = await self.world.client.post("/v1/flags", content=flag.body, headers=headers)
            except httpx.HTTPError:
                ledger.slowest = max(ledger.slowest, time.monotonic() - began)
                await asyncio.sleep(_PAUSE)
                continue
            ledger.slowest = max(ledger.slowest, time.monotonic() - began)
            ledger.statuses[answer.status_code] += 1
            if answer.status_code == httpx.codes.ACCEPTED:
                self.world.accepting.accepted(began)
                ledger.answered(flag, answer.json())
                return
            if answer.status_code not in {503, 409}:
                ledger.surprises.append(f"a flag was answered {answer.status_code}: {answer.text[:300]}")
                if answer.status_code < 500:
                    return
            elif answer.status_code == 503 and "retry-after" not in answer.headers:
                ledger.surprises.append("a 503 came without Retry-After")
            await asyncio.sleep(_PAUSE)

    # ------------------------------------------------------------ authors and their platform
    async def _write(self) -> None:
        """Tell of something that an author did to their own post."""
        await asyncio.sleep(0.2)
        chance = self.world.chance
        subject = chance.choice(self.world.ledger.flags).subject if self.world.ledger.flags else "job-0"
        if subject.startswith(CALM):
            return
        kind = chance.choice(["deleted_by_author", "restored", "edited"])
        about = {"kind": "job_post", "id": subject, "author": f"author-of-{subject}", "audience": "20+"}
        if kind == "edited":
            about |= {"title": "Logo for a bakery", "text": f"Mended words {chance.randrange(1000)}."}
        body = json.dumps({"events": [{"type": kind, "subject": about}]}).encode()
        await self._until_taken("/v1/content-events", body, self.world.as_server())

    async def _until_taken(self, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                answer = await self.world.client.post(path, content=body, headers=headers)
                if answer.status_code not in {503, 409} or "in-flight" not in answer.text + "503":
                    if answer.status_code >= 500 and answer.status_code != 503:
                        self.world.ledger.surprises.append(
                            f"{path}: {answer.status_code} {answer.text[:300]}"
                        )
                    if answer.status_code != 503:
                        return answer
            await asyncio.sleep(_PAUSE)

    def _read_notice(self, event: Event) -> None:
        """Let some authors appeal against what they are told."""
        if event["type"] == "notice.author" and self.world.chance.random() < 0.25:
            task = asyncio.create_task(self._appeal(event["data"]["person"], event["data"]["notice"]))
            self._appealing.add(task)
            task.add_done_callback(self._appealing.discard)

    async def _appeal(self, person: str, notice: str) -> None:
        appeal = SentAppeal(f"appeal-{notice}", notice)
        self.world.ledger.appeals.append(appeal)
        body = json.dumps({"notice": notice, "text": "Every sample was paid; please look again."}).encode()
        headers = self.world.as_author(person, **{"idempotency-key": appeal.key})
        answer = await self._until_taken("/v1/my/appeals", body, headers)
        if answer.status_code == httpx.codes.ACCEPTED:
            appeal.number = answer.json()["number"]

    # ------------------------------------------------------------ moderators
    async def _moderate(self, who: Staff) -> None:
        """Decide, undo, reverse and review, as the queue has it; what fails half-way is left to the next look."""
        deeds = [self._decide] * 6 + [self._reverse, self._review]
        while not self._stop.is_set():
            with contextlib.suppress(httpx.HTTPError, *AWAY):
                await self.world.chance.choice(deeds)(who)
            await asyncio.sleep(self.world.chance.uniform(0.02, 0.1))

    async def _post(self, who: Staff, deed: str, case: str, path: str, **form: str | list[str]) -> bool:
        """Do one deed; True where the house said that it is done."""
        ledger = self.world.ledger
        ledger.tried[deed, case] += 1
        answer = await self.world.ask(who, "POST", path, **form)
        if answer.status_code >= 500 and answer.status_code != 503:
            ledger.surprises.append(f"{deed}: {answer.status_code} {answer.text[:300]}")
        done = answer.status_code == httpx.codes.SEE_OTHER
        if done and "sign-in" in answer.headers.get("location", ""):
            await self.world.enter(who)
            return False
        ledger.acknowledged[deed, case] += done
        return done

    async def _pick(self, states: list[str]) -> str | None:
        found = await self.world.rows(
            "select c.number from cases.case c join subjects.subject s on s.key = c.subject "
            "where c.state = any($1) and s.outside_id not like 'calm-%' order by c.key desc limit 30",
            states,
            patience=1,
        )
        return str(self.world.chance.choice(found)["number"]) if found else None

    async def _decide(self, who: Staff) -> None:
        case = await self._pick(["open"])
        at = f"/console/cases/{case}"
        if case is None or not await self._post(who, "case.claimed", case, f"{at}/claim"):
            return
        page = await self.world.ask(who, "GET", at)
        if page.status_code != httpx.codes.OK or not await self._post(
            who, "decide", case, f"{at}/decide", **self._filled(page.text)
        ):
            return
        if self.world.chance.random() < 0.15:
            await self._post(who, "decision.undone", case, f"{at}/undo")

    def _filled(self, page: str) -> dict[str, str | list[str]]:
        """Fill the form as drafted, with a verdict."""
        verdict = self.world.chance.choices(["violation", "no_violation", "could_not_verify"], [7, 2, 1])[0]
        form: dict[str, str | list[str]] = {
            "verdict": verdict,
            "reason": "It asks for work that nobody pays for.",
        }
        if verdict != "violation":
            return form
        found = re.search(r'name="proposed_for" value="([^"]*)"', page)
        leading = found[1] if found else ""
        form |= {"clause": leading, "proposed_for": leading}
        form["measure"] = re.findall(r'name="measure" value="(\w+)" checked', page)
        days = dict(re.findall(r'name="days_(\w+)"[^>]*value="(\d*)"', page))
        return form | {f"days_{kind}": days.get(kind, "") for kind in form["measure"]}

    async def _reverse(self, who: Staff) -> None:
        case = await self._pick(["effective", "closed"])
        if case is not None:
            reason = "The samples were paid after all."
            await self._post(who, "decision.reversed", case, f"/console/cases/{case}/reverse", reason=reason)

    async def _review(self, who: Staff) -> None:
        found = await self.world.rows(
            "select number from appeals.appeal where state = 'received' limit 5", patience=1
        )
        if found:
            number = self.world.chance.choice(found)["number"]
            at = f"/console/appeals/{number}"
            if await self._post(who, "appeal.claimed", number, f"{at}/claim"):
                chosen = self.world.chance.choice(["uphold", "reject"])
                form = {"answer": chosen, "reason": "Somebody looked at it again."}
                await self._post(who, "appeal.answered", number, f"{at}/answer", **form)
