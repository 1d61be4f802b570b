"""The connection that the documentation shows: invented, with secrets that open nothing."""

from datetime import UTC, datetime

from flagstaff.flows.add_platform import Connection
from flagstaff.platforms.model import Host
from flagstaff.vocabulary.references import Platform

EXAMPLE = Connection(
    host=Host(
        key=Platform("shop"),
        name="Shop",
        origins=("https://shop.example",),
        made_at=datetime(2026, 3, 2, tzinfo=UTC),
    ),
    address="http://127.0.0.1:8000",
    kid="t0000000000",
    token_secret="the-token-secret-that-platform-add-printed",
    api_key="fs_000000000000_the-secret-part-that-platform-add-printed-0",
    menu_version=3,
)
