-- name: standing_of_subjects
-- Find the cases of some subjects that have not taken effect, locked.
select subject, key, state from cases.case
where subject = any($1::uuid[]) and state in ('open', 'claimed', 'parked', 'asked', 'awaiting_second', 'decided')
order by key for no key update;

-- name: date_back
-- Let imported cases begin with the earliest of their flags, in whatever order the rows stand.
update cases.case c set opened_at = g.at from unnest($1::uuid[], $2::timestamptz[]) as g(key, at)
where c.key = g.key and c.origin = 'import' and c.opened_at > g.at;

-- name: judge_past
-- Give closed cases the verdict they had before Flagstaff.
update cases.case c set verdict = g.verdict, decision = g.decision, judged_clauses = string_to_array(g.clauses, ' '),
    judged_hash = g.hash, closed_at = g.at, revision = c.revision + 1
from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::bytea[], $6::timestamptz[]) as g(key, verdict, decision, clauses, hash, at)
where c.key = g.key and c.state = 'closed' and c.decision is null;
