-- The one second look per decision, or per hold before one; later voices join it.
create schema appeals;

create table appeals.appeal (
    key uuid primary key,
    number text not null unique,
    platform text not null,
    decision uuid references decisions.decision,
    hold uuid references decisions.hold,
    "case" uuid not null,
    -- upheld: the appellant was right
    state text not null check (state in ('received', 'claimed', 'upheld', 'rejected', 'withdrawn')),
    received_at timestamptz not null,
    answer_by timestamptz not null,
    reviewer uuid,
    claimed_until timestamptz,
    answered_at timestamptz,
    -- the answer leaves then; until then its reviewer may take it back
    not_before timestamptz,
    left_at timestamptz,
    reason text,
    unique (decision),
    unique (hold),
    check (num_nonnulls(decision, hold) = 1)
);
create index appeal_waiting on appeals.appeal (platform, answer_by) where state in ('received', 'claimed');
create index appeal_leaving on appeals.appeal (not_before) where state in ('upheld', 'rejected') and left_at is null;

create table appeals.voice (
    key uuid primary key,
    -- each who asks is told a number of their own: a shared one would show that somebody asked before
    number text not null unique,
    appeal uuid not null references appeals.appeal,
    voice text not null check (voice in ('author', 'reporter')),
    author uuid,
    flag uuid,
    has_words boolean not null default false,
    received_at timestamptz not null,
    -- whoever spoke took it back
    withdrawn_at timestamptz,
    check ((voice = 'author') = (author is not null)), check ((voice = 'reporter') = (flag is not null))
);
create index voice_by_appeal on appeals.voice (appeal);
