-- People who work with Flagstaff, their sessions, and keys of machines.
create schema staff;

create table staff.account (
    key uuid primary key,
    login text not null unique,
    name text not null,
    password text,
    roles text[] not null,
    -- places of a community moderator: 'board:help', 'group:espanol'
    places text[] not null default '{}',
    platforms text[] not null default '{}',
    -- the person this account also is on a platform: keyed hashes only
    linked_platform text,
    linked_hash bytea,
    linked_author_hash bytea,
    state text not null default 'active' check (state in ('invited', 'active', 'left')),
    made_at timestamptz not null
);

create table staff.invitation (
    digest bytea primary key,
    account uuid not null references staff.account,
    made_at timestamptz not null,
    until timestamptz not null,
    used_at timestamptz
);

create table staff.session (
    digest bytea primary key,
    account uuid not null references staff.account,
    made_at timestamptz not null,
    seen_at timestamptz not null,
    until timestamptz not null
);

create table staff.api_key (
    id text primary key,
    platform text not null references platforms.platform,
    digest bytea not null,
    scopes text[] not null,
    label text not null,
    made_at timestamptz not null,
    revoked_at timestamptz
);

create table staff.failed_login (
    login_hash bytea not null,
    at timestamptz not null
);
create index failed_login_by on staff.failed_login (login_hash, at);
