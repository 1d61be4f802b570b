-- Everything open about one subject, its place in a queue, and every step it took.
create schema cases;

create table cases.case (
    key uuid primary key,
    number text not null unique,
    platform text not null,
    subject uuid not null,
    state text not null check (state in
        ('open', 'claimed', 'parked', 'asked', 'awaiting_second', 'decided', 'effective', 'closed')),
    origin text not null check (origin in ('flag', 'signal', 'staff', 'import')),
    severity smallint not null check (severity between 1 and 4),
    -- queue scope, copied from the subject so that one index serves each queue
    surface text not null,
    part text,
    board text,
    community_group text,
    thread text,
    -- complaints about a group's lead never reach the group's own moderators
    staff_only boolean not null default false,
    -- the gravest material, for the restricted desk
    restricted boolean not null default false,
    -- who decided before, where another person must look
    not_for uuid[] not null default '{}',
    priority double precision not null,
    priority_reason text not null,
    flags_counted integer not null default 0,
    -- reliability of each counted flag's reporter; feeds the priority, tells of nobody
    voices real[] not null default '{}',
    audience text,
    front boolean not null default false,
    opened_at timestamptz not null,
    due_at timestamptz not null,
    claimed_by uuid,
    claimed_until timestamptz,
    wakes_at timestamptz,
    waiting_note text,
    names_case uuid,
    verdict text,
    decision uuid,
    judged_clauses text[] not null default '{}',
    judged_reasons text[] not null default '{}',
    judged_hash bytea,
    joiners integer not null default 0,
    decided_by uuid[] not null default '{}',
    -- what the content was when a flag of severity 3 or more opened this case
    opened_grave_hash bytea,
    closed_at timestamptz,
    revision integer not null default 1,
    check ((state = 'claimed') <= (claimed_by is not null))
);
-- The promise "at most one case per subject before it takes effect".
create unique index one_open_case on cases.case (subject)
    where state in ('open', 'claimed', 'parked', 'asked', 'awaiting_second', 'decided');
create index queue_order on cases.case (platform, surface, front desc, priority desc, due_at) where state = 'open';
-- What somebody has in hand or waits for: few beside the open ones, and listed in the same order.
create index standing_order on cases.case (platform, surface, front desc, priority desc, due_at)
    where state in ('claimed', 'parked', 'asked', 'awaiting_second', 'decided');
-- What is undecided past its target: an alert on the first page, so it is counted at every look.
create index undecided_by_target on cases.case (due_at) where state in ('open', 'claimed', 'parked', 'asked', 'awaiting_second');
-- Cases of which every flag was taken back: few, and closed without a verdict.
create index case_emptied on cases.case (key) where state = 'open' and flags_counted = 0;
-- A community moderator's places: few cases among many, found by place and then sorted.
create index open_in_part on cases.case (part) where state = 'open' and part is not null;
create index open_in_board on cases.case (board) where state = 'open' and board is not null;
create index open_in_group on cases.case (community_group) where state = 'open' and community_group is not null;
create index case_by_subject on cases.case (subject, opened_at desc);
create index claimed_lapse on cases.case (claimed_until) where state = 'claimed';
create index wakes on cases.case (wakes_at) where state in ('parked', 'asked');

-- History is appended; the case row is what it adds up to.
create table cases.step (
    key uuid not null,
    "case" uuid not null,
    at timestamptz not null,
    arrow text not null,
    from_state text not null,
    to_state text not null,
    actor text not null,
    reason text not null default '',
    primary key (key, at)
) partition by range (at);
create table cases.step_rest partition of cases.step default;
create index step_by_case on cases.step ("case", at);

create table cases.link (
    "case" uuid not null references cases.case,
    other uuid not null references cases.case,
    why text not null,
    made_at timestamptz not null,
    primary key ("case", other),
    check ("case" <> other)
);
create index link_by_other on cases.link (other);
