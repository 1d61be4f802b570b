-- name: put_version
-- Publish one version of the guidelines; a number is given once.
insert into guidelines.version (platform, number, document, digest, origin, note, author, approver, alone, published_at)
values ($1, $2, $3::jsonb, $4, $5, $6, $7, $8, $9, $10);

-- name: list_versions
-- List all published versions of all platforms, oldest first.
select platform, number, document, published_at from guidelines.version order by platform, number;

-- name: put_proposal
-- Keep a publication that waits for a second person.
insert into guidelines.proposal (key, platform, what, document, note, author, made_at)
values ($1, $2, $3, $4::jsonb, $5, $6, $7);

-- name: hold_proposal
-- Lock one waiting proposal.
select key, platform, what, document, note, author, made_at, state from guidelines.proposal where key = $1 for update;

-- name: answer_proposal
-- Record how a proposal ended.
update guidelines.proposal set state = $2, answered_by = $3, answer = $4, answered_at = $5 where key = $1 and state = 'waiting';

-- name: count_versions
-- Count the versions that a platform has published.
select count(*)::integer from guidelines.version where platform = $1;

-- name: lock_numbers
-- Let one publication of guidelines at a time take the next number of a platform.
select pg_advisory_xact_lock(hashtext('guidelines.version ' || $1::text));

-- name: newest_number
-- Return the number of the newest published version of a platform.
select max(number) from guidelines.version where platform = $1;
