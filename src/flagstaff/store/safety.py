"""Refuse a server that could forget what it acknowledged."""

from typing import TYPE_CHECKING, Final

from flagstaff.kernel.errors import FlagstaffError

if TYPE_CHECKING:
    from flagstaff.store.connection import Connection

MARK: Final = "flagstaff test cluster: it may lose everything"
"""The `cluster_name` that only the test launcher gives: a running server cannot be given it by any session."""

_MUST_BE_ON = ("fsync", "synchronous_commit", "full_page_writes")
# The value to ask for first; the others are as silent.
_MUST_BE_SILENT = {
    "log_statement": ("none",),
    "log_min_duration_statement": ("-1",),
    "log_min_duration_sample": ("-1",),
    "log_error_verbosity": ("terse",),
    # An error's message may quote a value, its statement may hold one.
    "log_min_messages": ("log", "fatal", "panic"),
    "log_min_error_statement": ("panic",),
    "log_parameter_max_length_on_error": ("0",),
}


class ForgetfulServer(FlagstaffError):
    """The PostgreSQL server may lose what it said it had stored."""

    slug = "forgetful-server"
    title = "The database could lose acknowledged flags"


async def refuse_forgetful(connection: "Connection") -> None:
    """Raise ForgetfulServer where durability is switched off, unless the cluster carries the test mark.

    It looks at the session, so that a setting on a role or database is caught as well.
    """
    row = await connection.fetchrow(
        "select pg_catalog.current_setting('fsync'), pg_catalog.current_setting('synchronous_commit'),"
        " pg_catalog.current_setting('full_page_writes'), pg_catalog.current_setting('cluster_name')"
    )
    if row is None or row[3] == MARK:
        return
    off = [name for name, value in zip(_MUST_BE_ON, row, strict=False) if value == "off"]
    if off:
        names = " and ".join(off)
        msg = f"this PostgreSQL runs with {names} off: a flag that was acknowledged could be lost"
        raise ForgetfulServer(
            msg, where="PostgreSQL", mend=f"switch {names} on, in postgresql.conf or where set"
        )


async def talkative_settings(connection: "Connection") -> list[str]:
    """Return the log settings by which the server may write statements or values into its log, for `doctor`."""
    talking = []
    for name, wanted in _MUST_BE_SILENT.items():
        value = await connection.fetchval("select pg_catalog.current_setting($1)", name)
        if value not in wanted:
            talking.append(f"{name} is {value}, should be {wanted[0]}")
    return talking
