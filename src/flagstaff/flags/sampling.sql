-- name: under_other
-- Count the flags of one kind under Other since a day.
select count(*)::integer from flags.listed
where platform = $1 and kind = $2 and day >= $3 and option_kind = 'open' and state in ('live', 'answered');

-- name: drawn
-- Draw some of them: a hash of key and seed orders them, so nothing about a flag decides whether it is drawn.
select key from flags.listed
where platform = $1 and kind = $2 and day >= $3 and option_kind = 'open' and state in ('live', 'answered')
order by md5(key::text || $4), key limit $5;

-- name: opened_by_flags
-- Count the cases that flags opened since a day, by kind and severity.
select f.kind, c.severity::integer as severity, count(distinct c.key)::integer as cases
from cases.case c join flags.listed f on f."case" = c.key
where c.platform = $1 and c.origin = 'flag' and c.opened_at >= $2::date
group by f.kind, c.severity order by f.kind, c.severity desc;
