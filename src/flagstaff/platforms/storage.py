"""Keep hosts, their sealed secrets and their endpoints."""

from datetime import datetime

from flagstaff.platforms.model import Endpoint, Feed, Host, Purpose, SealedSecret
from flagstaff.store.database import Connection
from flagstaff.store.statements import Queries
from flagstaff.vocabulary.references import Platform

_queries = Queries(__package__)
_insert_host = _queries.run("insert_host")
_update_host = _queries.run("update_host")
_host = _queries.row("host", Host)
_hosts = _queries.rows("hosts", Host)
_lock_host = _queries.value("lock_host", str)
_insert_secret = _queries.run("insert_secret")
_retire_secret = _queries.run("retire_secret")
_live_secrets = _queries.rows("live_secrets", SealedSecret)
_secrets_of = _queries.rows("secrets_of", SealedSecret)
_put_endpoint = _queries.run("put_endpoint")
_sign_endpoint_with = _queries.run("sign_endpoint_with")
_endpoints_of = _queries.rows("endpoints_of", Endpoint)


async def add_host(connection: Connection, host: Host) -> bool:
    """Add a host; False where its key is taken."""
    return await _insert_host(connection, host.key, *_declared(host), host.made_at) == 1


async def change_host(connection: Connection, host: Host) -> None:
    """Store what a host declares of itself now."""
    await _update_host(connection, host.key, *_declared(host))


def _declared(host: Host) -> tuple[object, ...]:
    return (
        host.name,
        host.zone,
        list(host.languages),
        list(host.origins),
        dict(host.links),
        sorted(host.effects),
        list(host.offers),
    )


async def find_host(connection: Connection, platform: Platform) -> Host | None:
    """Return a host by key."""
    return await _host(connection, platform)


async def list_hosts(connection: Connection) -> list[Host]:
    """Return all hosts by name."""
    return await _hosts(connection)


async def lock_host(connection: Connection, platform: Platform) -> bool:
    """Hold a host until the transaction ends, so that two rotations do not retire each other's secret."""
    return await _lock_host(connection, platform) is not None


async def add_secret(connection: Connection, secret: SealedSecret) -> None:
    """Store a sealed secret."""
    await _insert_secret(
        connection, secret.platform, secret.kid, secret.purpose, secret.sealed, secret.made_at
    )


async def retire_secret(connection: Connection, platform: Platform, kid: str, at: datetime) -> bool:
    """Let a secret no longer hold; False where it did not any more."""
    return await _retire_secret(connection, platform, kid, at) == 1


async def live_secrets(
    connection: Connection, purpose: Purpose, platform: Platform | None = None
) -> list[SealedSecret]:
    """Return the live secrets of one purpose, the newest first: of one host, or of all."""
    return await _live_secrets(connection, purpose, platform or "")


async def secrets_of(connection: Connection, platform: Platform) -> list[SealedSecret]:
    """Return every secret of a host, for a page that shows which are live (never what they are)."""
    return await _secrets_of(connection, platform)


async def put_endpoint(connection: Connection, endpoint: Endpoint) -> None:
    """Say where a stream of events goes; it replaces the former address."""
    await _put_endpoint(
        connection, endpoint.platform, endpoint.feed, endpoint.url, endpoint.kid, endpoint.made_at
    )


async def sign_endpoint_with(connection: Connection, platform: Platform, feed: Feed, kid: str) -> None:
    """Sign a stream with another secret from now on; nothing happens where there is no endpoint."""
    await _sign_endpoint_with(connection, platform, feed, kid)


async def endpoints_of(connection: Connection, platform: Platform) -> list[Endpoint]:
    """Return where the events of a host go."""
    return await _endpoints_of(connection, platform)
