-- name: void_measures
-- Void what was ordered or runs against content that its author deleted.
update decisions.measure set state = 'void'
where subject = any($1::uuid[]) and scope = 'content' and state in ('awaiting_second', 'waiting', 'running') returning key;

-- name: bring_back_measures
-- Let run again what was void, where the content stands again and the decision is in effect; what ended stays ended.
update decisions.measure m
set state = 'running', starts_at = coalesce(m.starts_at, $2),
    ends_at = coalesce(m.ends_at, $2 + make_interval(days => m.days))
from decisions.decision d
where d.key = m.decision and d.state = 'effective'
  and m.subject = $1 and m.scope = 'content' and m.state = 'void' and (m.ends_at is null or m.ends_at > $2)
returning m.key;
