-- name: add_authors
-- Admit authors of before who are not known yet.
insert into subjects.author (key, platform, person, staff_hash, changed_at)
select distinct on (g.person) g.key, $1, g.person, g.staff_hash, $5
from unnest($2::uuid[], $3::text[], $4::bytea[]) as g(key, person, staff_hash)
order by g.person
on conflict (platform, person) do nothing;

-- name: close_authors
-- Note that accounts were closed.
update subjects.author set state = 'closed', changed_at = $3
where platform = $1 and person = any($2::text[]) and state = 'active';

-- name: note_gone
-- Note that subjects were gone already when they came in; what was said of one here stands.
update subjects.subject s set state = g.state, cause = case g.state when 'removed' then 'by_policy' else 'by_author' end, changed_at = $3
from unnest($1::uuid[], $2::text[]) as g(key, state)
where s.key = g.key and s.state = 'standing';
