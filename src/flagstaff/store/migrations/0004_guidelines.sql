-- Published versions of the guidelines: clauses, terms, measures, ladders, exceptions of groups and notice texts in one document.
create schema guidelines;

create table guidelines.version (
    platform text not null references platforms.platform,
    number integer not null check (number > 0),
    document jsonb not null,
    digest bytea not null,
    origin text not null check (origin in ('imported_history', 'drafted')),
    note text not null,
    author text not null,
    approver text,
    alone boolean not null default false,
    published_at timestamptz not null,
    primary key (platform, number)
);

-- A publication that waits for a second person (or, where only one account exists, for fifteen minutes).
create table guidelines.proposal (
    key uuid primary key,
    platform text not null references platforms.platform,
    what text not null check (what in ('menus', 'guidelines')),
    document jsonb not null,
    note text not null,
    author uuid not null,
    made_at timestamptz not null,
    state text not null default 'waiting' check (state in ('waiting', 'published', 'refused')),
    answered_by uuid,
    answer text,
    answered_at timestamptz
);
