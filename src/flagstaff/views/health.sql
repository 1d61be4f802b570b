-- name: by_severity
-- Show for each severity how many cases wait, how many undecided ones are past their target, and how long decisions took since a day.
select v.severity,
       coalesce(o.waiting, 0) as waiting, coalesce(o.late, 0) as late, o.oldest, coalesce(t.decided, 0) as decided,
       t.median, t.slow, coalesce(t.in_time, 0) as in_time
from unnest(array[4, 3, 2, 1]::smallint[]) as v(severity)
left join (
    select severity, count(*) filter (where state = 'open')::integer as waiting, count(*) filter (where due_at < $2)::integer as late,
           date_trunc('hour', min(opened_at)) as oldest
    from cases.case where state in ('open', 'claimed', 'parked', 'asked', 'awaiting_second') and platform = any($1::text[]) group by severity
) o on o.severity = v.severity
left join (
    select c.severity, count(*)::integer as decided, count(*) filter (where d.decided_at <= c.due_at)::integer as in_time,
           percentile_cont(0.5) within group (order by extract(epoch from d.decided_at - c.opened_at))::double precision as median,
           percentile_cont(0.9) within group (order by extract(epoch from d.decided_at - c.opened_at))::double precision as slow
    from decisions.decision d join cases.case c on c.key = d."case"
    where d.platform = any($1) and d.decided_at >= $3 and d.decided_at <= $2 and d.state in ('proposed', 'decided', 'effective', 'reversed')
    group by c.severity
) t on t.severity = v.severity
order by v.severity desc;

-- name: by_week
-- Count what came in and what was decided, week by week.
select w.week::date as week,
       (select count(*)::integer from cases.case c where c.platform = any($1::text[]) and c.opened_at >= w.week
         and c.opened_at < w.week + interval '7 days') as opened,
       (select count(*)::integer from decisions.decision d where d.platform = any($1) and d.decided_at >= w.week
         and d.decided_at < w.week + interval '7 days' and d.state in ('proposed', 'decided', 'effective', 'reversed')) as decided
from generate_series($2::timestamptz, $3::timestamptz, interval '7 days') as w(week) order by 1;
