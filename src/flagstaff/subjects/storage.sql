-- name: put_authors
-- Admit authors who are not known yet.
insert into subjects.author (key, platform, person, staff_hash, changed_at)
select distinct on (g.platform, g.person) g.key, g.platform, g.person, g.staff_hash, $2
from unnest($1::subjects.new_author[]) as g
where not exists (select 1 from subjects.author k where k.platform = g.platform and k.person = g.person)
order by g.platform, g.person
on conflict (platform, person) do nothing;

-- name: put_subjects
-- Admit subjects that are not known yet, with their author and place.
insert into subjects.subject
    (key, platform, kind, outside_id, author, surface, part, board, community_group, thread, first_seen_at, changed_at)
select distinct on (g.platform, g.kind, g.outside_id)
    g.key, g.platform, g.kind, g.outside_id, a.key, g.surface, g.part, g.board, g.community_group, g.thread, $2, $2
from unnest($1::subjects.new_subject[]) as g
left join subjects.author a on a.platform = g.platform and a.person = g.person
where not exists (select 1 from subjects.subject k
                   where k.platform = g.platform and k.kind = g.kind and k.outside_id = g.outside_id)
order by g.platform, g.kind, g.outside_id
on conflict (platform, kind, outside_id) do nothing;

-- name: hold_subjects
-- Lock some subjects in the order of their keys, so that two batches cannot wait for each other, and show how they stand.
select s.key, s.platform, s.kind, s.outside_id, s.author, a.state as author_state, s.state,
       n.key as snapshot, n.number as snapshot_number, n.content_hash, coalesce(n.reference_only, false) as reference_only
from (select distinct * from unnest($1::text[], $2::text[], $3::text[]) as u(platform, kind, outside_id)) g
join subjects.subject s on s.platform = g.platform and s.kind = g.kind and s.outside_id = g.outside_id
left join subjects.author a on a.key = s.author
left join lateral (
    select key, number, content_hash, reference_only from subjects.snapshot where subject = s.key order by number desc limit 1
) n on true
order by s.key
for no key update of s;

-- name: put_snapshots
-- Keep copies of how subjects stood.
insert into subjects.snapshot
    (key, subject, number, content_hash, title, words, link, language, posted_at, edited_at, audience, reference_only,
     copied_after, taken_at)
select g.*, $2 from unnest($1::subjects.new_snapshot[]) as g;

-- name: blank_snapshots
-- Blank every copy of some subjects, because what they show may be named but never kept.
update subjects.snapshot set title = null, words = null, link = null, reference_only = true, emptied_at = $2
where subject = any($1::uuid[]) and not reference_only;

-- name: change_state
-- Note that a subject was deleted, removed or stands again.
update subjects.subject set state = $2, cause = $3, changed_at = $4 where key = $1;

-- name: close_author
-- Note that an author closed the account or was erased.
update subjects.author set state = $3, changed_at = $4 where platform = $1 and person = $2 and state <> 'erased';
