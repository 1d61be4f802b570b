"""End connections that keep the house waiting: a request arrives whole within a time, and with a bounded head.

The server library waits for ever for the end of a head or of a body (probed: 256 such clients are never ended), and
takes a head of any length.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD: Final = 64 * 1024
"""Bytes of a request's first line and headers: far above any proxy's, far below what would hurt."""
_TOO_SLOW: Final = b"408 Request Timeout"
_TOO_LONG: Final = b"431 Request Header Fields Too Large"


class PatientProtocol(HttpToolsProtocol):
    """Read requests as the library does, and end whoever takes longer than `patience` seconds to send one."""

    patience: float = 30.0

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._head = 0
        self._in_head = True
        self._late: asyncio.TimerHandle | None = None
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._wait_no_longer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what belongs to a head; the time runs from the first byte of a request to its last."""
        if self._late is None and self._in_head:
            self._wait()
        if self._in_head:
            self._head += len(data)
        super().data_received(data)
        if self._in_head and self._head > LONGEST_HEAD:
            self._end(_TOO_LONG)

    def on_headers_complete(self) -> None:
        """Count no further: the body has a limit of its own, where it is read."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait no longer: what comes next is ours to answer."""
        self._wait_no_longer()
        self._in_head, self._head = True, 0
        super().on_message_complete()

    def _wait(self) -> None:
        self._late = self.loop.call_later(self.patience, self._end, _TOO_SLOW)

    def _wait_no_longer(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _end(self, why: bytes) -> None:
        """Close, and say why where no answer has begun."""
        self._wait_no_longer()
        if self.transport.is_closing():
            return
        begun = self._head or not self._in_head
        # Before the first request there is no cycle, whatever the library's type says.
        answering = bool(self.cycle) and self.cycle.response_started and not self.cycle.response_complete
        if begun and not answering:
            self.transport.write(b"HTTP/1.1 " + why + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()


def patient(seconds: float) -> type[PatientProtocol]:
    """Return the protocol with so many seconds of patience."""
    return type("PatientProtocol", (PatientProtocol,), {"patience": seconds})
