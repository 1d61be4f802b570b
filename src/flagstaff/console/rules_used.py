"""How the rules are used: reasons of discretion week by week, rules that nobody names, rules that stand for others."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import Final

import msgspec
from litestar import Response, get
from litestar.params import FromQuery

from flagstaff.console.guards import current_account, require
from flagstaff.console.looking import sight_for
from flagstaff.console.pages import render
from flagstaff.console.session import Visit, house_of
from flagstaff.flows.house import House
from flagstaff.flows.policy_terms import zone_of
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.insight.reasons import alike, by_week, monday_of
from flagstaff.insight.rule_use import (
    RARE_OF,
    RARE_SHARE,
    TOGETHER_OF,
    TOGETHER_PART,
    TOGETHER_SHARE,
    KnownRule,
    near_rules,
    rare_rules,
)
from flagstaff.language.tongues import spoken
from flagstaff.views.rules_used import REASONS_AT_MOST, reasons_of_discretion, rules_used
from flagstaff.vocabulary.roles import Permission

_WEEKS: Final = 12
_MONTHS: Final = timedelta(days=182)


@get("/usage/rules", guards=[require(Permission.READ_FIGURES)])
async def rules_page(request: Visit, platform: FromQuery[str] = "") -> Response[str]:
    """Show which rules could be one, and what people wrote where no rule fitted."""
    house, by = house_of(request), current_account(request)
    sight = sight_for(request, Permission.READ_FIGURES)
    known = [one for one in sight.platforms if house.policy.menus_history(one)]
    if not known:
        return render(request, "no_policy.html")
    chosen = platform if platform in known else known[0]
    zone = zone_of(house, chosen)
    today = house.now.astimezone(zone).date()
    since = monday_of(today) - timedelta(weeks=_WEEKS - 1)
    discretion = _discretion(house, chosen)
    said = await reasons_of_discretion(
        house.database, msgspec.structs.replace(sight, platforms=(chosen,)), sorted(discretion),
        datetime.combine(since, time(0), zone), str(zone),
    )  # fmt: skip
    named, replaced = await rules_used(
        house.database, chosen, house.now - _MONTHS, house.now + timedelta(days=1)
    )
    rules = _rules(house, chosen)
    return render(
        request, "rules_used.html", platform=chosen, platforms=known, discretion=discretion,
        groups=alike(said, monday_of(today)), weeks=by_week(said, since, today), said=len(said), most=REASONS_AT_MOST,
        rare=rare_rules(named, rules), near=near_rules(named, replaced, rules), of=sum(one.decisions for one in named),
        limits={
            "rare": 100 * RARE_SHARE, "rare_of": RARE_OF, "together": 100 * TOGETHER_SHARE,
            "together_of": TOGETHER_OF, "part": TOGETHER_PART,
        },
        days=_MONTHS.days, may_see=Permission.SEE_QUEUE in by.permissions,
    )  # fmt: skip


def _discretion(house: House, platform: str) -> dict[str, str]:
    """Return the rules that leave it to whoever decides, of every version, with what each is called."""
    return {
        clause.key: clause.title
        for _, guidelines in house.policy.guidelines_history(platform)
        for clause in guidelines_in(guidelines, spoken().language).clauses
        if clause.kind == "discretion"
    }


def _rules(house: House, platform: str) -> list[KnownRule]:
    """Return the live rules that a decision may name, but for those of discretion, with the options that lead there."""
    leads: dict[str, list[str]] = defaultdict(list)
    for option in house.policy.menus(platform).option_by_key.values():
        for clause in option.clauses:
            leads[clause].append(option.key)
    guidelines = guidelines_in(house.policy.guidelines(platform), spoken().language)
    return [
        KnownRule(one.key, one.title, one.severity or 0, one.ladder or "", tuple(sorted(leads[one.key])))
        for one in guidelines.clauses
        if one.kind == "violation"
    ]


HANDLERS = [rules_page]
