-- name: claim_of
-- Show who holds a case, and what it is about.
select platform, subject, case when state = 'claimed' then claimed_by end as claimed_by, claimed_until
from cases.case where key = $1;

-- name: cases_about
-- List the cases about some subjects.
select key from cases.case where subject = any($1::uuid[]) order by key;
