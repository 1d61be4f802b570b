-- Accounts, invitations, sessions, API keys and failed sign-ins. Secrets stand here as digests only.

-- name: insert_account
-- Add an account; a login that is taken adds nothing.
insert into staff.account (key, login, name, password, roles, places, platforms, state, made_at)
values ($1::uuid, $2::text, $3::text, null, $4::text[], $5::text[], $6::text[], $7::text, $8::timestamptz)
on conflict (login) do nothing;

-- name: account
-- Find an account by key.
select key, login, name, roles, places, platforms, state, linked_platform, linked_hash, linked_author_hash, made_at,
       language
from staff.account where key = $1::uuid;

-- name: account_by_login
-- Find an account by login.
select key, login, name, roles, places, platforms, state, linked_platform, linked_hash, linked_author_hash, made_at,
       language
from staff.account where login = $1::text;

-- name: accounts
-- List all accounts by name.
select key, login, name, roles, places, platforms, state, linked_platform, linked_hash, linked_author_hash, made_at,
       language
from staff.account order by name, login;

-- name: password_of
-- Read the password hash of an account that can sign in.
select password from staff.account where key = $1::uuid and state = 'active';

-- name: set_password
-- Store a password hash and let the account in.
update staff.account set password = $2::text, state = 'active' where key = $1::uuid and state <> 'left';

-- name: set_roles
-- Change what an account may do and where.
update staff.account set roles = $2::text[], places = $3::text[], platforms = $4::text[] where key = $1::uuid;

-- name: set_state
-- Let an account leave or come back.
update staff.account set state = $2::text where key = $1::uuid;

-- name: set_link
-- Note which person of a platform an account also is, as keyed hashes; one person does not take the place of another.
update staff.account set linked_platform = $2::text, linked_hash = $3::bytea, linked_author_hash = $4::bytea
where key = $1::uuid and (linked_hash is null or $3::bytea is null or linked_hash = $3::bytea);

-- name: set_language
-- Keep in which language an account reads; null: as its browser asks.
update staff.account set language = $2::text where key = $1::uuid;

-- name: lock_accounts
-- Let one change at a time decide whether an administrator is left.
select pg_advisory_xact_lock(hashtext('staff.account'));

-- name: insert_invitation
-- Add a one-time way in.
insert into staff.invitation (digest, account, made_at, until)
values ($1::bytea, $2::uuid, $3::timestamptz, $4::timestamptz);

-- name: invitation
-- Find a one-time way in and hold it, so that two who use it at once do not both get in.
select account, until, used_at from staff.invitation where digest = $1::bytea for update;

-- name: look_at_invitation
-- Find a one-time way in without holding it.
select account, until, used_at from staff.invitation where digest = $1::bytea;

-- name: spend_invitations
-- Close every way in of an account.
update staff.invitation set used_at = $2::timestamptz where account = $1::uuid and used_at is null;

-- name: insert_session
-- Remember a browser that signed in.
insert into staff.session (digest, account, made_at, seen_at, until)
values ($1::bytea, $2::uuid, $3::timestamptz, $3::timestamptz, $4::timestamptz);

-- name: session
-- Find a session.
select account, made_at, seen_at, until from staff.session where digest = $1::bytea;

-- name: touch_session
-- Note that a session is in use.
update staff.session set seen_at = $2::timestamptz where digest = $1::bytea and seen_at < $2::timestamptz;

-- name: delete_session
-- End one session.
delete from staff.session where digest = $1::bytea;

-- name: delete_sessions_of
-- End every session of an account.
delete from staff.session where account = $1::uuid;

-- name: delete_dead_sessions
-- Forget sessions that ran out or lay idle.
delete from staff.session where until <= $1::timestamptz or seen_at <= $2::timestamptz;

-- name: lock_login
-- Let tries for one login come one after another.
select pg_advisory_xact_lock(('x' || encode(substring($1::bytea from 1 for 8), 'hex'))::bit(64)::bigint);

-- name: tries
-- List the recent tries for a login.
select at from staff.failed_login where login_hash = $1::bytea and at > $2::timestamptz order by at;

-- name: insert_try
-- Count a try before it is known to fail, so that tries at the same moment are counted too.
insert into staff.failed_login (login_hash, at) values ($1::bytea, $2::timestamptz);

-- name: delete_tries
-- Forget the tries for a login after a good one.
delete from staff.failed_login where login_hash = $1::bytea;

-- name: delete_old_tries
-- Forget tries that no longer count.
delete from staff.failed_login where at <= $1::timestamptz;

-- name: insert_api_key
-- Add the key of a machine.
insert into staff.api_key (id, platform, digest, scopes, label, made_at)
values ($1::text, $2::text, $3::bytea, $4::text[], $5::text, $6::timestamptz);

-- name: api_key
-- Find the key of a machine.
select id, platform, digest, scopes, label, made_at, revoked_at from staff.api_key where id = $1::text;

-- name: api_keys
-- List the keys of one platform, the newest first.
select id, platform, digest, scopes, label, made_at, revoked_at from staff.api_key
where platform = $1::text order by made_at desc, id;

-- name: revoke_api_key
-- Take back a key; a second time changes nothing.
update staff.api_key set revoked_at = $2::timestamptz where id = $1::text and revoked_at is null;
