"""Call a model behind an OpenAI-compatible endpoint: one question, one answer, and in one word what went wrong."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

import msgspec

from flagstaff.insight.dive import Line
from flagstaff.insight.prompting import NotReadable, Unanswered, keys_of, question, read_answers
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.kernel.outgoing import FAILS, Outgoing, Reply
from flagstaff.kernel.settings import Secret

MOST_ANSWER: Final = 1024 * 1024
"""Bytes of an answer that are read; of a longer one nothing is taken."""
WAITS_AT_MOST: Final = 60.0
"""Seconds that a server may ask for between two tries."""
_FORMLESS: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})
_BUSY: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_AGAIN: Final = frozenset({Unanswered.BUSY, Unanswered.SLOW, Unanswered.UNREACHABLE})


class Missed(Exception):
    """A question was not answered. `after`: seconds that the server asks for before the next try, None where none.

    `again`: asking again may help.
    """

    def __init__(self, why: Unanswered, after: float | None = None, *, anew: bool = False) -> None:
        """Say why; `anew`: it will be put in another form."""
        super().__init__(why.value)
        self.why = why
        self.after = after
        self.again = anew or why in _AGAIN


class Endpoint:
    """One model at one address. What it learns of the server, it keeps: whether a schema may be asked for."""

    def __init__(self, outgoing: Outgoing, url: str, model: str, key: Secret | None) -> None:
        """Take the base address, such as `http://localhost:8000/v1`; `key` goes into a header and nowhere else."""
        self._outgoing = outgoing
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._model = model
        self._key = key
        self._formal = True

    async def ask(self, lines: Sequence[Line], comments: Sequence[str]) -> dict[int, str]:
        """Send once; return themes by the place of a comment, from 0: what is missing was not answered. Raises Missed.

        A server that seems to know no schema is asked without one the next time.
        """
        reply = await self._post(lines, comments)
        if self._formal and reply.status in _FORMLESS:
            self._formal = False
            raise Missed(Unanswered.REFUSED, 0.0, anew=True)
        if reply.status != HTTPStatus.OK:
            raise _refused(reply)
        if len(reply.body) > MOST_ANSWER or reply.headers.get("content-encoding", "identity") != "identity":
            raise Missed(Unanswered.UNREADABLE)
        try:
            found = read_answers(reply.body, keys_of(lines), len(comments))
        except NotReadable as error:
            raise Missed(Unanswered.UNREADABLE) from error
        return {number - 1: theme for number, theme in found.items()}

    async def _post(self, lines: Sequence[Line], comments: Sequence[str]) -> Reply:
        body = msgspec.json.encode(question(self._model, lines, comments, formal=self._formal))
        try:
            return await self._outgoing.post(self._url, self._headers(), body, MOST_ANSWER)
        except FlagstaffError as error:
            raise Missed(Unanswered.ADDRESS) from error
        except TimeoutError as error:
            raise Missed(Unanswered.SLOW) from error
        except FAILS as error:
            raise Missed(Unanswered.UNREACHABLE) from error

    def _headers(self) -> Mapping[str, str]:
        found = {
            "content-type": "application/json",
            "accept": "application/json",
            "accept-encoding": "identity",
        }
        return found | ({"authorization": f"Bearer {self._key.reveal()}"} if self._key else {})


def _refused(reply: Reply) -> Missed:
    if reply.status not in _BUSY and reply.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Missed(Unanswered.REFUSED)
    asked = reply.headers.get("retry-after", "")
    # A date instead of seconds is rare, and then the usual pause will do.
    return Missed(
        Unanswered.BUSY, min(float(asked), WAITS_AT_MOST) if asked.isascii() and asked.isdigit() else None
    )
