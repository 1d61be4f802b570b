"""Keep tests off the network: only this machine may be reached."""

import ipaddress
import sys

_HERE = {"localhost", "", None, b"localhost"}


class NetworkTouched(Exception):
    """A test tried to reach another machine."""


def refuse_network() -> None:
    """Refuse, from now on and in this process, every connection and look-up that leaves the machine."""
    sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]
        if isinstance(address, tuple) and not _is_here(address[0]):
            raise NetworkTouched(f"a test tried to reach {address[0]}; give it a server on 127.0.0.1")
    elif event == "socket.getaddrinfo" and not _is_here(arguments[0]):
        raise NetworkTouched(f"a test tried to look up {arguments[0]!r}; inject a resolver")


def _is_here(host: object) -> bool:
    if host in _HERE:
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
