-- name: lodge_about_hold
-- Begin the one second look of a hold.
insert into appeals.appeal (key, number, platform, hold, "case", state, received_at, answer_by)
values ($1, $2, $3, $4, $5, 'received', $6, $7);

-- name: of_hold
-- Show the appeal of a hold, locked.
select key, number, platform, decision, hold, "case", state, received_at, answer_by, reviewer, claimed_until, not_before, left_at,
       reason
from appeals.appeal where hold = $1 for no key update;
