-- Hosts, the secrets shared with them (sealed), and where their events go.

-- name: insert_host
-- Add a host; a key that is taken adds nothing.
insert into platforms.platform (key, name, zone, languages, origins, links, effects, offers, made_at)
values ($1::text, $2::text, $3::text, $4::text[], $5::text[], $6::jsonb, $7::text[], $8::text[], $9::timestamptz)
on conflict (key) do nothing;

-- name: update_host
-- Change what a host declared of itself.
update platforms.platform
set name = $2::text, zone = $3::text, languages = $4::text[], origins = $5::text[], links = $6::jsonb,
    effects = $7::text[], offers = $8::text[]
where key = $1::text;

-- name: host
-- Find a host.
select key, name, zone, languages, origins, links, effects, offers, made_at
from platforms.platform where key = $1::text;

-- name: hosts
-- List all hosts by name.
select key, name, zone, languages, origins, links, effects, offers, made_at
from platforms.platform order by name, key;

-- name: lock_host
-- Let one change of secrets at a time happen on a host.
select key from platforms.platform where key = $1::text for update;

-- name: insert_secret
-- Add a sealed secret.
insert into platforms.secret (platform, kid, purpose, sealed, made_at)
values ($1::text, $2::text, $3::text, $4::bytea, $5::timestamptz);

-- name: retire_secret
-- Let a secret no longer hold.
update platforms.secret set retired_at = $3::timestamptz
where platform = $1::text and kid = $2::text and retired_at is null;

-- name: live_secrets
-- List the live secrets of one purpose, the newest first; an empty platform asks for all hosts.
select platform, kid, purpose, sealed, made_at, retired_at from platforms.secret
where purpose = $1::text and retired_at is null and ($2::text = '' or platform = $2::text)
order by made_at desc, kid;

-- name: secrets_of
-- List all secrets of one host, live ones first.
select platform, kid, purpose, sealed, made_at, retired_at from platforms.secret
where platform = $1::text order by retired_at is not null, purpose, made_at desc, kid;

-- name: put_endpoint
-- Say where a stream of events goes from now on.
insert into platforms.endpoint (platform, feed, url, kid, active, made_at)
values ($1::text, $2::text, $3::text, $4::text, true, $5::timestamptz)
on conflict (platform, feed) do update set url = excluded.url, kid = excluded.kid, active = true;

-- name: sign_endpoint_with
-- Sign a stream of events with another secret from now on.
update platforms.endpoint set kid = $3::text where platform = $1::text and feed = $2::text;

-- name: endpoints_of
-- List where the events of one host go.
select platform, feed, url, kid, active, made_at from platforms.endpoint where platform = $1::text order by feed;
