-- name: record
-- Append entries and note that they wait to be chained.
with written as (
    insert into audit.entry (key, at, deed, actor, platform, object, facts)
    select * from unnest($1::audit.entry[])
)
insert into audit.unchained (entry, at) select key, at from unnest($1::audit.entry[]);
