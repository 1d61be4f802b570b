-- name: note_placer
-- Note who placed a hold by hand: somebody else looks again.
update decisions.hold set placed_by = $2 where key = $1;

-- name: placer_of
-- Who placed a hold by hand?
select placed_by from decisions.hold where key = $1;

-- name: look_at_hold
-- Show one hold, without holding it.
select key, number, platform, subject, "case", author, origin, basis, clause, state, starts_at, ends_at
from decisions.hold where key = $1;

-- name: hold_by_key
-- Show one hold, locked.
select key, number, platform, subject, "case", author, origin, basis, clause, state, starts_at, ends_at
from decisions.hold where key = $1 for no key update;
