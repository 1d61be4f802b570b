-- A person's verdicts, the measures they apply, and holds before a verdict.
create schema decisions;

create table decisions.decision (
    key uuid primary key,
    number text not null unique,
    platform text not null,
    "case" uuid not null references cases.case,
    subject uuid not null references subjects.subject,
    snapshot uuid references subjects.snapshot,
    as_it_stands boolean not null default false,
    author uuid references subjects.author,
    verdict text not null check (verdict in
        ('violation', 'no_violation', 'could_not_verify', 'housekeeping', 'care', 'referred')),
    -- the leading clause first
    clauses text[] not null default '{}',
    ladder text,
    severity smallint not null,
    guidelines_version integer not null,
    -- when the judged words were posted or last edited, else first seen
    words_at timestamptz not null,
    undated boolean not null default false,
    reason text not null,
    facts text not null default '',
    deviation_code text,
    deviation_reason text,
    state text not null check (state in
        ('proposed', 'decided', 'effective', 'refused', 'undone', 'handed_back', 'reversed')),
    decided_by uuid not null,
    decided_at timestamptz not null,
    not_before timestamptz not null,
    effective_at timestamptz,
    reversed_at timestamptz,
    reversal_reason text,
    check ((verdict = 'violation') <= (cardinality(clauses) > 0))
);
create index decision_by_case on decisions.decision ("case");
create index decision_by_author on decisions.decision (author, decided_at);
-- Precedents: the newest decisions led by a clause.
create index decision_by_clause on decisions.decision (platform, (clauses[1]), decided_at desc) where state = 'effective';
create index decision_recent on decisions.decision (platform, decided_at desc);
create index decision_reversed on decisions.decision (author, ladder) where state = 'reversed';
create index decision_due on decisions.decision (not_before) where state in ('proposed', 'decided');
-- At most one decision in force per case.
create unique index one_in_force on decisions.decision ("case") where state in ('proposed', 'decided', 'effective');

create table decisions.measure (
    key uuid primary key,
    number text not null unique,
    platform text not null,
    decision uuid not null references decisions.decision,
    kind text not null,
    scope text not null,
    -- the place that a scoped measure closes, as a document; null elsewhere
    ring jsonb,
    -- null for what leaves to somebody else than the platform
    effect text check (effect in ('hide', 'show', 'restrict', 'allow', 'tell')),
    subject uuid,
    author uuid,
    state text not null check (state in
        ('awaiting_second', 'waiting', 'running', 'ended', 'lifted', 'refused', 'undone', 'void')),
    days integer check (days > 0),
    starts_at timestamptz,
    ends_at timestamptz
);
create index measure_by_decision on decisions.measure (decision);
create index measure_by_author on decisions.measure (author) where state = 'running';
create index measure_ending on decisions.measure (ends_at) where state = 'running';

create table decisions.measure_step (
    key uuid not null,
    measure uuid not null,
    at timestamptz not null,
    arrow text not null,
    to_state text not null,
    actor text not null,
    reason text not null default '',
    primary key (key, at)
) partition by range (at);
create table decisions.measure_step_rest partition of decisions.measure_step default;

-- Revisions count per subject or person, so that a receiver can ignore what is older.
create table decisions.revision (
    target uuid primary key,
    number integer not null
);

-- One change of one measure or hold, as the platform is told: frozen when it takes effect, whatever happens afterwards.
create table decisions.event (
    key uuid primary key,
    platform text not null,
    -- key of a measure or of a hold
    measure uuid not null,
    number text not null,
    kind text not null,
    -- outside number of the decision; '' for a hold
    decision text not null default '',
    target uuid not null,
    on_person boolean not null,
    revision integer not null,
    applied boolean not null,
    effect text not null check (effect in ('hide', 'show', 'restrict', 'allow', 'tell')),
    scope text not null,
    ring jsonb,
    until timestamptz,
    at timestamptz not null,
    unique (target, revision)
);

create table decisions.second (
    key uuid primary key,
    decision uuid not null references decisions.decision,
    asked_by uuid not null,
    asked_at timestamptz not null,
    snapshot uuid,
    state text not null default 'waiting' check (state in ('waiting', 'confirmed', 'refused', 'void')),
    answered_by uuid,
    answered_at timestamptz,
    reason text,
    alone boolean not null default false
);
create unique index one_second_waiting on decisions.second (decision) where state = 'waiting';

-- A later decision counted one that was reversed since; somebody looked and lets it stand.
create table decisions.let_stand (
    decision uuid not null references decisions.decision,
    reversed uuid not null references decisions.decision,
    account uuid not null,
    at timestamptz not null,
    primary key (decision, reversed)
);

create table decisions.hold (
    key uuid primary key,
    number text not null unique,
    platform text not null,
    subject uuid not null references subjects.subject,
    "case" uuid not null references cases.case,
    author uuid,
    origin text not null check (origin in ('rule', 'detector', 'staff', 'second_person')),
    basis text not null,
    clause text,
    state text not null check (state in ('running', 'replaced', 'lifted', 'expired')),
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    ended_at timestamptz,
    -- who placed it by hand
    placed_by uuid
);
create unique index one_hold on decisions.hold (subject) where state = 'running';
create index hold_ending on decisions.hold (ends_at) where state = 'running';
create index hold_by_case on decisions.hold ("case");
