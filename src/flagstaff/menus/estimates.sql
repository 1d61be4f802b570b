-- name: put_estimate
-- Keep what a count of comments found for a draft.
insert into menus.estimate (key, draft, about, days, seed, found, made_by, made_at)
values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8);

-- name: newest_estimate
-- Find the newest estimate of a draft over so many days.
select key, draft, about, days, seed, found, made_by, made_at
from menus.estimate where draft = $1 and days = $2 order by made_at desc, key desc limit 1;
