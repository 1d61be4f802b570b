"""Say what load is sent to, alike for every tool that sends it."""

from typing import NamedTuple


class Target(NamedTuple):
    """One door to send flags to; `rows` is 0 where each request is one flag, `stored` see load.lua."""

    port: int
    key: str
    version: int
    path: str = "/v1/flags"
    rows: int = 0
    stored: int = 0
