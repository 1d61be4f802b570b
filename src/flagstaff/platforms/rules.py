"""Decide what a host may declare of itself: its name, zone, origins, link templates, and where events may go."""

import ipaddress
import re
import string
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from flagstaff.kernel.errors import Refusal
from flagstaff.platforms.model import Host, LinkName, SealedSecret
from flagstaff.vocabulary.ruling import Ruling, allow, refuse

LIVE_SECRETS: Final = 2
_KEY: Final = re.compile(r"[a-z][a-z0-9-]{1,39}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_OFFER: Final = re.compile(r"[a-z][a-z_]{1,39}")
_LONGEST_URL: Final = 2000
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})

FILLED: Final[Mapping[LinkName, frozenset[str]]] = {
    LinkName.MY_FLAGS: frozenset({"number"}),
    LinkName.APPEAL: frozenset({"number", "code"}),
    LinkName.RULES: frozenset({"clause"}),
    LinkName.PRIVATE_FORM: frozenset(),
    LinkName.SUGGEST: frozenset(),
}
"""What a link template may ask to be filled in, such as `https://shop.example/appeal?n={number}`."""


class BadPlatform(Refusal):
    """A host declared something of itself that cannot be used."""

    slug = "bad-platform"
    status = 422
    title = "This platform cannot be added so"


class BadWebhook(Refusal):
    """Events may not be sent to this address."""

    slug = "bad-webhook"
    status = 422
    title = "Events cannot be sent to this address"


class Target(msgspec.Struct, frozen=True):
    """A webhook address taken apart; `listed` says that the operator allowed it by name."""

    url: str
    host: str
    port: int
    listed: bool


def check_host(host: Host) -> None:
    """Refuse what a host cannot declare; raises BadPlatform that names the field."""
    if not _KEY.fullmatch(host.key):
        _refuse(
            "key", f"{host.key!r} is no key for a platform", "use 2 to 40 of a-z, 0-9 and -, a letter first"
        )
    if not host.name.strip():
        _refuse("name", "a platform needs a name", "write what its users call it")
    try:
        ZoneInfo(host.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        _refuse("zone", f"{host.zone!r} is no time zone", "write one such as Europe/Berlin")
    if not host.languages or any(not _LANGUAGE.fullmatch(language) for language in host.languages):
        _refuse("languages", "languages are tags such as en or pt-BR", "name at least one")
    for offer in host.offers:
        if not _OFFER.fullmatch(offer):
            _refuse("offers", f"{offer!r} is no name for an offer", "write one such as mute_user")
    for origin in host.origins:
        _check_origin(origin)
    for name, template in host.links.items():
        _check_link(name, template)


def _refuse(where: str, what: str, mend: str) -> None:
    raise BadPlatform(what, where=where, mend=mend)


def _check_origin(origin: str) -> None:
    """Refuse what a browser would never send as an Origin: a path, a wildcard, plain http beyond this machine."""
    parts = urlsplit(origin)
    bare = f"{parts.scheme}://{parts.netloc}"
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
    if origin != bare or not parts.hostname or not secure or "*" in origin or "@" in parts.netloc:
        _refuse(
            "origins", f"{origin!r} is no origin", "write https://host, without a path or a slash at the end"
        )


def _check_link(name: LinkName, template: str) -> None:
    where = f"links.{name}"
    try:
        asked = {field for _, field, _, _ in string.Formatter().parse(template) if field is not None}
    except ValueError:
        asked = {"?"}
    if asked - FILLED[name]:
        known = ", ".join(f"{{{field}}}" for field in sorted(FILLED[name])) or "nothing"
        _refuse(where, f"{template!r} asks for something that is not filled in", f"it may hold {known}")
    parts = urlsplit(template)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
    if not secure or not parts.hostname or "{" in parts.netloc or len(template) > _LONGEST_URL:
        _refuse(where, f"{template!r} is no address of a page", "write https://host/path")


def fill_link(template: str, values: Mapping[str, str]) -> str:
    """Return a link with its fields filled in; values are numbers and keys of ours, which need no escaping."""
    return template.format_map(values)


def read_webhook(url: str, allowed: Collection[str]) -> Target:
    """Take a webhook address apart; raises BadWebhook unless it is https, or listed by the operator.

    `allowed` holds `host` or `host:port` (setting `webhook_allow`); what is listed may be plain http and private.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host or len(url) > _LONGEST_URL:
        msg = "this is no web address"
        raise BadWebhook(msg, where="url", mend="write https://host/path")
    if parts.username or parts.password or parts.fragment:
        msg = "a webhook address holds no name, password or fragment"
        raise BadWebhook(msg, where="url", mend="events are signed; leave credentials out")
    port = port or (443 if parts.scheme == "https" else 80)
    listed = host in allowed or f"{host}:{port}" in allowed
    if parts.scheme != "https" and not listed:
        msg = "events are sent over https only"
        raise BadWebhook(msg, where="url", mend="use an https address")
    return Target(url=url, host=host, port=port, listed=listed)


def check_addresses(target: Target, addresses: Iterable[str]) -> None:
    """Refuse a webhook whose name leads into a private network; raises BadWebhook.

    Call it when connecting a platform and again with the very address a delivery connects to: a name may lead elsewhere
    by then (DNS rebinding).
    """
    found = list(addresses)
    if not found:
        msg = f"the name {target.host!r} leads nowhere"
        raise BadWebhook(msg, where="url", mend="check the name, or try again when it resolves")
    for address in found:
        ruling = may_send_to(address, listed=target.listed)
        if not ruling:
            raise BadWebhook(
                f"{target.host!r} leads to {address}, and {ruling.reason}",
                where="url",
                mend="use a public address, or list the host in FLAGSTAFF_WEBHOOK_ALLOW",
            )


def may_send_to(address: str, *, listed: bool) -> Ruling:
    """Say whether events may go to an IP address: only to a global unicast one, unless the operator listed the host."""
    if listed:
        return allow("the operator listed this host")
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return refuse("that is no IP address")
    # An IPv4 address may hide inside an IPv6 one: mapped, 6to4, Teredo, or behind a NAT64 prefix.
    hidden: Sequence[ipaddress.IPv4Address | None] = ()
    if isinstance(ip, ipaddress.IPv6Address):
        nat64 = ip in ipaddress.ip_network("64:ff9b::/96")
        teredo = ip.teredo or ()
        hidden = [
            ip.ipv4_mapped,
            ip.sixtofour,
            *teredo,
            ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if nat64 else None,
        ]
    inner = [address for address in hidden if address is not None]
    if any(not _is_public(address) for address in inner) or (not inner and not _is_public(ip)):
        return refuse("that is not an address of the open internet")
    return allow("it is an address of the open internet")


def _is_public(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    # fec0::/10 was for sites of their own (RFC 3879 gave it up); the library still counts it as global.
    site = isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not site


def to_retire(live: Sequence[SealedSecret]) -> tuple[SealedSecret, ...]:
    """Return which live secrets of one purpose go when a new one comes, the oldest first: two stay live."""
    ordered = sorted(live, key=lambda secret: (secret.made_at, secret.kid))
    return tuple(ordered[: max(0, len(ordered) - LIVE_SECRETS + 1)])
