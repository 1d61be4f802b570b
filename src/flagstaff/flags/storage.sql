-- name: find_by_tags
-- Find flags by case and tag: the reporter's own earlier flag in that case.
select f.key, f.number, f."case", f.tag, f.state, f.severity, f.outcome, f.option,
       f.received_at, f.outcome_from, f.question_until
from unnest($1::uuid[], $2::bytea[]) as g("case", tag)
join flags.flag f on f."case" = g."case" and f.tag = g.tag;

-- name: put_flags
-- Keep the flags of a batch.
insert into flags.flag
    (key, number, "case", snapshot, platform, tag, kind, option, reason, option_kind, clauses, menu_version, language, label,
     severity, reliability, state, outcome, outcome_reason, outcome_from, decision, legacy, converted_from, received_at,
     changed_at)
select g.key, g.number, g.case_key, g.snapshot, g.platform, g.tag, g.kind, g.option, g.reason, g.option_kind, g.clauses,
    g.menu_version, g.language, g.label, g.severity, g.reliability, g.state, g.outcome, g.outcome_reason, g.outcome_from,
    g.decision, g.legacy, g.converted_from, g.received_at, g.received_at
from unnest($1::flags.new_flag[]) as g;

-- name: put_addenda
-- Keep what reporters added to flags of theirs.
insert into flags.addendum
    (key, flag, option, reason, clauses, menu_version, language, label, severity, has_words, received_at)
select g.key, g.flag, g.option, g.reason, string_to_array(g.clauses, ' '), g.menu_version, g.language,
    g.label, g.severity, g.has_words, g.received_at
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::text[], $8::text[],
    $9::smallint[], $10::boolean[], $11::timestamptz[])
    as g(key, flag, option, reason, clauses, menu_version, language, label, severity, has_words, received_at);

-- name: revive
-- Let withdrawn flags live again, with an outcome where they join a verdict.
update flags.flag f set state = g.state, outcome = g.outcome, outcome_reason = g.reason, outcome_from = g.outcome_from,
    decision = g.decision, changed_at = $7
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::uuid[])
    as g(key, state, outcome, reason, outcome_from, decision)
where f.key = g.key and f.state = 'withdrawn';

-- name: tally
-- Sum up what counts in some cases: live flags, how reliable their reporters are, the gravest of flags and addenda.
select f."case", count(*) filter (where f.state = 'live')::integer as counted,
       coalesce(array_agg(f.reliability order by f.key) filter (where f.state = 'live'), '{}') as voices,
       coalesce(max(greatest(f.severity, a.severity)) filter (where f.state = 'live'), 0)::integer as severity,
       coalesce(bool_or(f.reason = any($2::text[])), false) as staff_only,
       coalesce(bool_or(f.clauses && $3::text[]), false) as restricted
from flags.flag f
left join lateral (select max(severity) as severity from flags.addendum where flag = f.key) a on true
where f."case" = any($1::uuid[])
group by f."case";

-- name: count_preferences
-- Count choices from the "just not for me" row, per day and never per person.
insert into flags.preference_count (platform, option, menu_version, day, count)
select platform, option, menu_version, day, sum(n)::integer
from unnest($1::text[], $2::text[], $3::integer[], $4::date[], $5::integer[]) as g(platform, option, menu_version, day, n)
group by platform, option, menu_version, day order by 1, 2, 3, 4
on conflict (platform, option, menu_version, day) do update set count = flags.preference_count.count + excluded.count;

-- name: shown_flags
-- Show flags to the person whose they are.
select number, platform, kind, option, label, language, state, outcome, outcome_reason, outcome_from, question_until, severity,
       received_at, decision, legacy
from flags.flag where key = any($1::uuid[]) order by received_at desc, key desc;

-- name: find_by_number
-- Lock one flag among a person's own by its number.
select f.key, f.number, f."case", f.tag, f.state, f.severity, f.outcome, f.option,
       f.received_at, f.outcome_from, f.question_until
from flags.flag f where f.number = $1 and f.key = any($2::uuid[]) for update;

-- name: withdraw
-- Take a flag back.
update flags.flag set state = 'withdrawn', outcome = null, outcome_reason = null, outcome_from = null, decision = null,
    question_until = null, changed_at = $2
where key = $1 and state in ('live', 'kept', 'answered');

-- name: kept_among
-- List those of some flags that are kept.
select key, "case", state, severity from flags.flag where key = any($1::uuid[]) and state = 'kept' order by key;

-- name: count_kept
-- Let kept flags count.
update flags.flag set state = 'live', changed_at = $2 where key = any($1::uuid[]) and state = 'kept';

-- name: answer_moot
-- Answer what still lives in a case that ends because nothing can be checked any more.
update flags.flag set state = 'answered', outcome = 'could_not_verify', outcome_reason = 'moot', outcome_from = $2, changed_at = $2
where "case" = any($1::uuid[]) and state in ('live', 'kept');
