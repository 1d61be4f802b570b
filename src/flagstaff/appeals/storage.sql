-- name: lodge
-- Begin the one second look of a decision.
insert into appeals.appeal (key, number, platform, decision, "case", state, received_at, answer_by)
values ($1, $2, $3, $4, $5, 'received', $6, $7);

-- name: put_voice
-- Somebody speaks in an appeal.
insert into appeals.voice (key, appeal, number, voice, author, flag, has_words, received_at)
values ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: of_decision
-- Show the appeal of a decision, locked.
select key, number, platform, decision, hold, "case", state, received_at, answer_by, reviewer, claimed_until, not_before, left_at, reason
from appeals.appeal where decision = $1 for no key update;

-- name: hold
-- Show one appeal, locked.
select key, number, platform, decision, hold, "case", state, received_at, answer_by, reviewer, claimed_until, not_before, left_at, reason
from appeals.appeal where key = $1 for no key update;

-- name: find
-- Show one appeal by its outside number.
select key, number, platform, decision, hold, "case", state, received_at, answer_by, reviewer, claimed_until, not_before, left_at, reason
from appeals.appeal where number = $1;

-- name: voices
-- List who spoke in an appeal and did not take it back, first to last.
select key, number, voice, author, flag, has_words, received_at from appeals.voice
where appeal = $1 and withdrawn_at is null order by received_at, key;

-- name: spoken_under
-- Find the appeal in which somebody spoke under a number that they were told, as author or through flags of theirs.
select a.key, a.number, a.platform, a.decision, a.hold, a."case", a.state, a.received_at, a.answer_by, a.reviewer, a.claimed_until,
       a.not_before, a.left_at, a.reason
from appeals.voice v join appeals.appeal a on a.key = v.appeal
where v.number = $1 and (v.author = $2 or v.flag = any($3::uuid[]));

-- name: fall_silent
-- Somebody takes back what they asked for.
update appeals.voice set withdrawn_at = $4
where appeal = $1 and withdrawn_at is null and (author = $2 or flag = any($3::uuid[]));

-- name: move
-- Move an appeal along its life.
update appeals.appeal set state = $2, reviewer = $3, claimed_until = $4, answered_at = $5, not_before = $6, reason = $7
where key = $1;

-- name: lapse
-- Give back appeals whose reviewer went away.
update appeals.appeal set state = 'received', reviewer = null, claimed_until = null
where state = 'claimed' and claimed_until <= $1;

-- name: leaving
-- Name appeals whose answer leaves now, with what they are about.
select key, decision, hold, "case" from appeals.appeal
where state in ('upheld', 'rejected') and left_at is null and not_before <= $1 order by not_before, key limit $2;

-- name: left
-- An answer has left.
update appeals.appeal set left_at = $2 where key = $1;

-- name: next_leaving
-- When does the next answer leave, or the next claim lapse?
select least(min(not_before) filter (where state in ('upheld', 'rejected') and left_at is null),
             min(claimed_until) filter (where state = 'claimed')) from appeals.appeal;
