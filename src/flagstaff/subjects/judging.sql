-- name: judged
-- Show a subject as a decision judges it: its place, its author, its newest copy, and when it was first seen.
select s.key, s.platform, s.kind, s.outside_id, s.surface, s.part, s.board, s.community_group, s.thread, s.state,
       s.first_seen_at, a.key as author, a.person, a.state as author_state, a.staff_hash,
       n.key as snapshot, n.language, n.content_hash, n.posted_at, n.edited_at, n.audience, n.reference_only
from subjects.subject s
left join subjects.author a on a.key = s.author
left join lateral (
    select key, language, content_hash, posted_at, edited_at, audience, reference_only from subjects.snapshot
    where subject = s.key order by number desc limit 1
) n on true
where s.key = $1;

-- name: has_copy
-- Is this a copy of that subject?
select exists (select 1 from subjects.snapshot where key = $1 and subject = $2);

-- name: author_named
-- Find an author by the platform's name.
select key from subjects.author where platform = $1 and person = $2;

-- name: hold_author_named
-- Find an author who is about to say something: they are not erased before this transaction ends.
select key from subjects.author where platform = $1 and person = $2 for share;

-- name: lock_subject
-- Hold a subject until the transaction ends: whoever changes what stands about it holds it first, intake too.
select key from subjects.subject where key = $1 for no key update;

-- name: try_lock_subject
-- Hold a subject, unless somebody else does.
select key from subjects.subject where key = $1 for no key update skip locked;
