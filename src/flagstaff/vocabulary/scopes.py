"""What an API key may do."""

from enum import StrEnum


class ApiScope(StrEnum):
    """Allow one thing to the holder of a key; a key names its scopes when it is made and never gains one."""

    FLAGS_WRITE = "flags:write"
    FLAGS_READ = "flags:read"
    CONTENT_WRITE = "content:write"
    EVENTS_WRITE = "events:write"
    NOTICES_READ = "notices:read"
    MEASURES_READ = "measures:read"
    APPEALS_WRITE = "appeals:write"
