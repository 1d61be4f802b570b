-- name: find_answers
-- Find what was answered before under some digests.
select digest, body, status, answer from house.idempotency where digest = any($1::bytea[]);

-- name: hold_digest
-- Let one transaction at a time work on a request: the lock is named by the digest's first eight bytes.
select pg_advisory_xact_lock(('x' || encode(substring($1::bytea from 1 for 8), 'hex'))::bit(64)::bigint);

-- name: put_answers
-- Keep answers in the transaction of the deed itself.
insert into house.idempotency (digest, body, status, answer, made_at)
select g.*, $2 from unnest($1::house.new_answer[]) as g;

-- name: forget_answers
-- Forget answers older than a moment.
delete from house.idempotency where made_at < $1;
