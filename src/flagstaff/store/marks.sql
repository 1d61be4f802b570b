-- name: make_mark
-- Note that something was done once; a mark that stands is left as it is.
insert into house.mark (name, value, made_at) values ($1, $2, $3) on conflict (name) do nothing;

-- name: find_mark
-- Show what a mark says.
select value from house.mark where name = $1;
