-- Hosts that Flagstaff serves, the secrets shared with them, and where their events go.
create schema platforms;

create table platforms.platform (
    key text primary key check (key ~ '^[a-z][a-z0-9-]{1,39}$'),
    name text not null check (name <> ''),
    zone text not null default 'UTC',
    languages text[] not null default '{en}',
    origins text[] not null default '{}',
    -- link templates of the host: my_flags, appeal, rules, private_form
    links jsonb not null default '{}',
    -- effects the host declared that it can carry out: hide, show, restrict, allow, tell
    effects text[] not null default '{}',
    -- what a reporter may be offered after sending: hide_item, mute_user, block_user, leave_group …
    offers text[] not null default '{}',
    made_at timestamptz not null
);

-- Signing secrets, sealed under the service key that lies outside the database. At most two are live per purpose.
create table platforms.secret (
    platform text not null references platforms.platform,
    kid text not null,
    purpose text not null check (purpose in ('token', 'measures', 'reporter_notices')),
    sealed bytea not null,
    made_at timestamptz not null,
    retired_at timestamptz,
    primary key (platform, kid)
);

-- Reporter notices have an endpoint and a secret of their own, so that the system that hides content never learns who flagged.
create table platforms.endpoint (
    platform text not null references platforms.platform,
    feed text not null check (feed in ('measures', 'reporter_notices')),
    url text not null,
    kid text not null,
    active boolean not null default true,
    made_at timestamptz not null,
    primary key (platform, feed),
    foreign key (platform, kid) references platforms.secret
);
