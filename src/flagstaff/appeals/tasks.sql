-- name: review_of
-- Show who reviews the appeal of a case.
select reviewer, claimed_until from appeals.appeal
where "case" = $1 and state = 'claimed' and reviewer is not null order by received_at desc limit 1;

-- name: voices_of
-- List what a person said in appeals, as author or through flags of theirs.
select key from appeals.voice where flag = any($1::uuid[]) or author = $2;
