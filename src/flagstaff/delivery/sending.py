"""Send one signed body to one address: no redirects, no private ranges, bounded in time and size."""

from collections.abc import Mapping

from flagstaff.delivery.model import Sent
from flagstaff.kernel.errors import FlagstaffError
from flagstaff.kernel.outgoing import FAILS, Check, Look, Outgoing, look_up

PATIENCE = 15.0
"""Seconds for one try, from the look-up of the name to the last byte of the answer."""
MOST_ANSWER = 64 * 1024
"""Bytes of an answer that are read; nobody needs them, they only tell that the receiver is in order."""


class Sender:
    """Send bodies to addresses that `check` lets pass; it raises what the platforms' rules raise."""

    def __init__(self, check: Check, *, look: Look = look_up, patience: float = PATIENCE) -> None:
        """Make ready; `close` gives the connections back."""
        self._patience = patience
        self._outgoing = Outgoing(check, look=look, patience=patience)

    async def close(self) -> None:
        """Close the connections."""
        await self._outgoing.close()

    async def send(self, url: str, headers: Mapping[str, str], body: str) -> Sent:
        """Try once; every failure is an answer, not an exception."""
        try:
            reply = await self._outgoing.post(url, headers, body.encode(), MOST_ANSWER)
        except FlagstaffError as refusal:
            return Sent(None, refusal.title)
        except TimeoutError:
            return Sent(None, f"no answer within {self._patience:g} s")
        except FAILS as error:
            # The library's own words may repeat the address with its query; the kind of failure is enough.
            return Sent(None, type(error).__name__)
        taken = 200 <= reply.status < 300
        return Sent(reply.status, "" if taken else f"answered {reply.status}")
