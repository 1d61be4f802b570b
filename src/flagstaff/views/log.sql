-- name: entries
-- List what was done, the newest first, before a place in that order.
select e.key, e.at, e.deed, coalesce(w.name, e.actor) as actor, e.platform, e.object, e.facts, c.position
from audit.entry e
left join staff.account w on w.key::text = e.actor
left join audit.chain c on c.entry = e.key
where (e.at, e.key) < ($1::timestamptz, $2::uuid) and ($3 = '' or e.deed like $3 || '%') and ($4 = '' or e.object = $4)
  and (e.platform is null or e.platform = any($5::text[]))
order by e.at desc, e.key desc limit $6;

-- name: chain_end
-- Show how far the log is chained.
select position, digest, chained_at from audit.chain order by position desc limit 1;
