-- name: unchained
-- List entries that wait to be chained, in the order of their keys.
select e.key, e.at, e.deed, e.actor, e.platform, e.object, e.facts
from (select entry, at from audit.unchained order by entry limit $1) u
join audit.entry e on e.key = u.entry and e.at = u.at
order by e.key;

-- name: end_of_chain
-- Show the last link.
select position, digest from audit.chain order by position desc limit 1;

-- name: put_links
-- Append links.
insert into audit.chain (position, entry, digest, chained_at)
select g.position, g.entry, g.digest, $4 from unnest($1::bigint[], $2::uuid[], $3::bytea[]) as g(position, entry, digest);

-- name: forget
-- Chained entries wait no longer.
delete from audit.unchained where entry = any($1::uuid[]);

-- name: links
-- List links after a position with their entries.
select c.position, c.digest, e.key, e.at, e.deed, e.actor, e.platform, e.object, e.facts
from audit.chain c join audit.entry e on e.key = c.entry
where c.position > $1 order by c.position limit $2;
