-- The sealed log: written plain in the transaction, chained after commit by the publisher.
create schema audit;

create table audit.entry (
    key uuid not null,
    at timestamptz not null,
    deed text not null,
    actor text not null,
    platform text,
    object text not null,
    -- facts without identity and without words; entries about flags carry the day in `at`
    facts jsonb not null default '{}',
    primary key (key, at)
) partition by range (at);
create table audit.entry_rest partition of audit.entry default;
create index entry_by_object on audit.entry (object, at);

create table audit.chain (
    position bigint primary key,
    entry uuid not null unique,
    digest bytea not null,
    chained_at timestamptz not null
);

-- Entries wait here until the publisher has chained them.
create table audit.unchained (
    entry uuid primary key,
    at timestamptz not null
);
