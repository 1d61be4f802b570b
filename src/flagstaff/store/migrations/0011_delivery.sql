-- What leaves the house: an outbox of references, feeds with positions, notices, deliveries.
create schema delivery;

create table delivery.notice (
    key uuid primary key,
    number text not null unique,
    platform text not null,
    audience text not null check (audience in ('author', 'reporter')),
    author uuid,
    flag uuid,
    decision uuid,
    hold uuid,
    appeal uuid,
    -- the case that a question to its author is about
    question uuid,
    -- key of the text in the guidelines version named here; rendered when read or sent
    text_key text not null,
    guidelines_version integer not null,
    values jsonb not null default '{}',
    made_at timestamptz not null,
    not_before timestamptz not null,
    released_at timestamptz,
    read_at timestamptz,
    check ((audience = 'author') = (author is not null)), check ((audience = 'reporter') = (flag is not null))
);
create index notice_by_author on delivery.notice (author, released_at);
create index notice_by_flag on delivery.notice (flag);
-- Receipts, one for every flag, belong to no decision and cost nothing here.
create index notice_by_decision on delivery.notice (decision) where decision is not null;

create table delivery.outbox (
    key uuid primary key,
    platform text not null,
    feed text not null check (feed in ('measures', 'author_notices', 'reporter_notices', 'versions')),
    kind text not null,
    -- deliveries of one stream (a subject, a person, a flag) keep their order
    stream uuid not null,
    reference uuid not null,
    decision uuid,
    made_at timestamptz not null,
    not_before timestamptz not null,
    cancelled_at timestamptz,
    position bigint,
    published_at timestamptz
);
create index outbox_due on delivery.outbox (not_before, key) where position is null and cancelled_at is null;
create index outbox_by_decision on delivery.outbox (decision);
create unique index outbox_position on delivery.outbox (platform, feed, position) where position is not null;

-- Dense positions per feed, given by the single publisher after commit, so that a late commit is never skipped.
create table delivery.feed (
    platform text not null,
    feed text not null,
    last_position bigint not null default 0,
    primary key (platform, feed)
);

create table delivery.delivery (
    outbox uuid primary key references delivery.outbox,
    platform text not null,
    feed text not null,
    stream uuid not null,
    position bigint not null,
    state text not null default 'pending' check (state in ('pending', 'sent', 'dead')),
    tries integer not null default 0,
    next_try timestamptz not null,
    sent_at timestamptz
);
create index delivery_due on delivery.delivery (next_try) where state = 'pending';
create index delivery_stream on delivery.delivery (stream, position) where state = 'pending';

create table delivery.attempt (
    key uuid not null,
    outbox uuid not null,
    at timestamptz not null,
    status integer,
    problem text not null default '',
    primary key (key, at)
) partition by range (at);
create table delivery.attempt_rest partition of delivery.attempt default;

-- Effects the platform cannot carry out become to-dos of staff.
create table delivery.todo (
    key uuid primary key,
    platform text not null,
    measure uuid not null,
    what text not null,
    made_at timestamptz not null,
    done_by uuid,
    done_at timestamptz
);
