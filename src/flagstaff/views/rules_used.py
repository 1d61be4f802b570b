"""How the rules are used: which are named in decisions, which stood in place of others, and reasons of discretion."""

from collections.abc import Sequence
from datetime import datetime

from flagstaff.insight.reasons import Said
from flagstaff.insight.rule_use import NamedRules, ReplacedRules
from flagstaff.store.database import Database
from flagstaff.store.roles import Role
from flagstaff.store.statements import Queries
from flagstaff.views.sight import Sight

REASONS_AT_MOST = 300
"""More would be neither compared in time for a page nor read by anybody; the newest are kept."""

_queries = Queries(__package__, "rules_used.sql")
_named = _queries.rows("rules_named", NamedRules)
_replaced = _queries.rows("rules_replaced", ReplacedRules)
_reasons = _queries.rows("reasons_of_discretion", Said)


async def rules_used(
    database: Database, platform: str, since: datetime, until: datetime
) -> tuple[list[NamedRules], list[ReplacedRules]]:
    """Return which rules the decisions of a time named, and which a further look put in place of others."""
    async with database.reading(Role.VIEWS) as connection:
        named = await _named(connection, platform, since, until)
        return named, await _replaced(connection, platform, since, until)


async def reasons_of_discretion(
    database: Database, sight: Sight, clauses: Sequence[str], since: datetime, zone: str
) -> list[Said]:
    """Return what was written under rules of discretion, the newest first, as it exists for somebody."""
    async with database.reading(Role.VIEWS) as connection:
        return await _reasons(connection, *sight.arguments, list(clauses), since, zone, REASONS_AT_MOST)
