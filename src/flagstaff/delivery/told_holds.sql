-- name: hold_told
-- Find the hold that a released notice tells its author of.
select hold, author, released_at from delivery.notice where number = $1 and hold is not null and released_at <= $2;
