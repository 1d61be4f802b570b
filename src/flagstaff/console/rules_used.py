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
from flagstaff.insight.rule_joined import prepared_join
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
from flagstaff.kernel.errors import NotFound
from flagstaff.language.tongues import spoken
from flagstaff.views.rules_used import REASONS_AT_MOST, reasons_of_discretion, rules_used
from flagstaff.vocabulary.roles import Permission

_WEEKS: Final = 12
_MONTHS: Final = timedelta(days=182)


@get("/rules", guards=[require(Permission.READ_FIGURES)])
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
        may_edit=Permission.EDIT_MENUS in by.permissions,
    )  # fmt: skip


def _discretion(house: House, platform: str) -> dict[str, str]:
    """Return the rules that leave it to whoever decides, of every version, with what each is called."""
    return {
        clause.key: clause.title
        for _, guidelines in house.policy.guidelines_history(platform)
        for clause in guidelines_in(guidelines, spoken().language).clauses
        if clause.kind == "discretion"
    }


def _rules(house: House, platform: str, language: str = "") -> list[KnownRule]:
    """Return the live rules that a decision may name, but for those of discretion, with what leads to them."""
    leads: dict[str, list[str]] = defaultdict(list)
    reasons: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    menus, guidelines = house.policy.menus(platform), house.policy.guidelines(platform)
    for option in menus.option_by_key.values():
        for clause in option.clauses:
            leads[clause].append(option.key)
    for reason in menus.reasons:
        for clause in reason.clauses:
            reasons[clause][reason.key] = reason.clauses
    lifted = {
        clause: tuple(
            group.key for group in guidelines.groups if any(one.clause == clause for one in group.exceptions)
        )
        for clause in leads
    }
    return [
        KnownRule(
            one.key, one.title, one.severity or 0, one.ladder or "", tuple(sorted(leads[one.key])),
            summary=one.summary, scope=one.scope, reasons=reasons[one.key], groups=lifted.get(one.key, ()),
        )
        for one in guidelines_in(guidelines, language or spoken().language).clauses
        if one.kind == "violation"
    ]  # fmt: skip


@get("/rules/prepared", guards=[require(Permission.EDIT_MENUS)])
async def prepared_file(
    request: Visit, platform: FromQuery[str] = "", goes: FromQuery[str] = "", stays: FromQuery[str] = ""
) -> Response[str]:
    """Give what joining two rules would change in the files of the policy."""
    house = house_of(request)
    known = sight_for(request, Permission.EDIT_MENUS).platforms
    guidelines = house.policy.guidelines(platform) if platform in known else None
    # The files are written in the policy's own language, whatever the page speaks.
    rules = {one.key: one for one in _rules(house, platform, guidelines.locale)} if guidelines else {}
    if guidelines is None or goes not in rules or stays not in rules or goes == stays:
        msg = "there are no two such rules"
        raise NotFound(msg, mend="choose a pair of the list")
    text = prepared_join(rules[goes], rules[stays], guidelines.version)
    headers = {"Content-Disposition": f'attachment; filename="join-{goes}-{stays}.yaml"'}
    return Response(text, media_type="application/yaml; charset=utf-8", headers=headers)


HANDLERS = [rules_page, prepared_file]
