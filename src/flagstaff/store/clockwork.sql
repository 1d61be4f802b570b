-- name: read_ahead
-- Tell how far business time is ahead of wall time.
select ahead from house.clock;

-- name: set_ahead
-- Set how far business time is ahead of wall time.
update house.clock set ahead = $1;

-- name: move_ahead
-- Move business time on and tell where it then stands.
update house.clock set ahead = ahead + $1 returning ahead;

-- name: tell
-- Wake every process that follows the clock, after commit.
select pg_catalog.pg_notify('clock', '');
