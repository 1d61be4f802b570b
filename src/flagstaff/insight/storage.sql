-- name: put_turns
-- Let months be counted that were not known.
insert into insight.turn (platform, month, due_at) select $1, m, $3 from unnest($2::date[]) m on conflict do nothing;

-- name: take_turn
-- Hold what is due, the longest due first.
select platform, month from insight.turn where due_at <= $1 order by due_at, platform, month limit 1 for no key update skip locked;

-- name: end_turn
-- Say when a month was counted, and when it is due again.
update insight.turn set counted_at = $3, due_at = $4 where platform = $1 and month = $2;

-- name: next_turn
-- When is something due next?
select min(due_at) from insight.turn;

-- name: count_again
-- Let everything of a platform be due.
update insight.turn set due_at = $2 where platform = $1 and due_at > $2;

-- name: months_with_flags
-- List the months in which a platform received flags.
select distinct date_trunc('month', received_at at time zone $2)::date as month from flags.flag where platform = $1
union select distinct date_trunc('month', day)::date from flags.preference_count where platform = $1;

-- name: count_use
-- Count the flags of some days as they stand now, and write only the lines that differ from what was counted before.
with fresh as materialized (
    select (f.received_at at time zone $5)::date as day, f.option, f.kind, f.option_kind, f.menu_version as version, f.clauses,
           case when f.state in ('withdrawn', 'kept') then f.state else 'counts' end as counting, f.legacy as imported,
           coalesce(f.converted_from, '') as converted_from,
           -- A decision that was reversed is none: what it did was taken back, what it left up is decided anew.
           case when f.state <> 'answered' then '' when d.key is null then f.outcome when d.state = 'effective' then d.verdict
                when d.state = 'reversed' and d.verdict not in ('no_violation', 'could_not_verify') then 'no_violation'
                else '' end as verdict,
           case when f.state = 'answered' and d.state = 'effective' then d.clauses else '{}' end as decided,
           count(*)::integer as flags,
           (count(*) filter (where not exists (
               select 1 from flags.flag e
               where e."case" = f."case" and e.option = f.option and e.state in ('live', 'answered')
                 and (e.received_at, e.key) < (f.received_at, f.key))))::integer as cases
    from flags.flag f left join decisions.decision d on d.key = f.decision
    where f.platform = $1 and f.received_at >= $2 and f.received_at < $3
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
    union all
    select day, option, split_part(option, '.', 1), 'preference', menu_version, '{}', 'counts', false, '', '', '{}', count, 0
    from flags.preference_count where platform = $1 and day >= $4::date and day < $6::date
), stored as (
    select day, option, kind, option_kind, version, clauses, counting, imported, converted_from, verdict, decided, flags, cases
    from insight.use_of_day where platform = $1 and day >= $4::date and day < $6::date
), gone as (
    delete from insight.use_of_day u using (table stored except table fresh) g
    where u.platform = $1 and u.day = g.day and u.option = g.option and u.kind = g.kind and u.option_kind = g.option_kind
      and u.version = g.version and u.clauses = g.clauses and u.counting = g.counting and u.imported = g.imported
      and u.converted_from = g.converted_from and u.verdict = g.verdict and u.decided = g.decided
)
insert into insight.use_of_day (platform, day, option, kind, option_kind, version, clauses, counting, imported, converted_from,
    verdict, decided, flags, cases)
select $1, n.day, n.option, n.kind, n.option_kind, n.version, n.clauses, n.counting, n.imported, n.converted_from, n.verdict,
    n.decided, n.flags, n.cases
from (table fresh except table stored) n;

-- name: count_waits
-- Count how long the flags of some days waited for their decision; one that came after it waited for none.
with fresh as materialized (
    select (f.received_at at time zone $5)::date as day, f.kind, f.menu_version as version,
           floor(8 * log(2, greatest(1, extract(epoch from d.decided_at - f.received_at))))::smallint as step,
           count(*)::integer as flags
    from flags.flag f join decisions.decision d on d.key = f.decision
    where f.platform = $1 and f.received_at >= $2 and f.received_at < $3 and f.state = 'answered' and not f.legacy
      and d.state = 'effective' and d.decided_at >= f.received_at
    group by 1, 2, 3, 4
), stored as (
    select day, kind, version, step, flags from insight.wait_of_day
    where platform = $1 and day >= $4::date and day < $6::date
), gone as (
    delete from insight.wait_of_day w using (table stored except table fresh) g
    where w.platform = $1 and w.day = g.day and w.kind = g.kind and w.version = g.version and w.step = g.step
)
insert into insight.wait_of_day (platform, day, kind, version, step, flags)
select $1, n.day, n.kind, n.version, n.step, n.flags from (table fresh except table stored) n;

-- name: facts
-- Read what was counted of a period, summed up over the days of each span.
select option, kind, option_kind, version, clauses, counting, imported, converted_from, verdict, decided,
       sum(flags)::integer as flags, sum(cases)::integer as cases,
       case when $6::text = 'whole' then null else date_trunc($6::text, day)::date end as since
from insight.use_of_day
where platform = $1 and day >= $2::date and day <= $3::date and (cardinality($4::text[]) = 0 or kind = any($4))
  and (cardinality($5::integer[]) = 0 or version = any($5))
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13;

-- name: waits
-- Read how long the flags of a period waited for their decision.
select version, step::integer as step, sum(flags)::integer as flags from insight.wait_of_day
where platform = $1 and day >= $2::date and day <= $3::date and (cardinality($4::text[]) = 0 or kind = any($4))
group by 1, 2;

-- name: counted_since
-- Since when is nothing of a period uncounted?
select min(counted_at) from insight.turn
where platform = $1 and month > '-infinity' and month <= $3::date and month + interval '1 month' > $2::date;

-- name: put_repeats
-- Keep what the vault released of a month.
insert into insight.repeat_of_month (platform, month, version, victims, at_least, at_most, released_at)
select $1, $2, g.version, g.victims, g.at_least, g.at_most, $3
from unnest($4::integer[], $5::integer[], $6::integer[], $7::integer[]) as g(version, victims, at_least, at_most);

-- name: repeats
-- Read what was released of the months that lie in a period whole.
select version, victims, at_least, at_most from insight.repeat_of_month
where platform = $1 and month >= $2::date and month + interval '1 month' <= $3::date + interval '1 day';

-- name: other_by_month
-- Count flags under Other by month, imported ones too: how much a deep dive of a month would read.
select date_trunc('month', day)::date as month, sum(flags)::integer as comments
from insight.use_of_day
where platform = $1 and option_kind = 'open' and counting = 'counts'
group by 1 order by 1;

-- name: use_by_day
-- Count per day and version what is told of a version: under Other, led away from it by a hint, decided as chosen or not.
-- $5: the options that are Other; the same rules as in insight.rules.ending, which a test compares.
select day, version, sum(flags)::integer as used,
       coalesce(sum(flags) filter (where option = any($5::text[])), 0)::integer as other,
       coalesce(sum(flags) filter (where converted_from = any($5)), 0)::integer as converted,
       coalesce(sum(flags) filter (where option <> all($5) and verdict not in ('', 'no_violation', 'could_not_verify')
           and (decided && clauses or (verdict in ('housekeeping', 'care') and verdict = option_kind))), 0)::integer as as_chosen,
       coalesce(sum(flags) filter (where option <> all($5) and verdict = 'violation' and not decided && clauses), 0)::integer as elsewhere,
       coalesce(sum(flags) filter (where verdict = ''), 0)::integer as open
from insight.use_of_day
where platform = $1 and day >= $2::date and day <= $3::date and (cardinality($4::text[]) = 0 or kind = any($4))
  and counting = 'counts' and not imported and option_kind <> 'preference'
group by 1, 2;

-- name: waits_by_day
-- Sum up per day how long flags waited, by the middle of their steps: log2 seconds, and their squares.
select day, sum(flags)::integer as flags, sum(flags * (step + 0.5) / 8)::double precision as logs,
       sum(flags * ((step + 0.5) / 8) ^ 2)::double precision as squares
from insight.wait_of_day
where platform = $1 and day >= $2::date and day <= $3::date and (cardinality($4::text[]) = 0 or kind = any($4))
group by 1;
