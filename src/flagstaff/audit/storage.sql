-- name: record
-- Append entries and note that they wait to be chained.
with written as (
    insert into audit.entry (key, at, deed, actor, platform, object, facts)
    select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[])
)
insert into audit.unchained (entry, at) select * from unnest($1::uuid[], $2::timestamptz[]);
