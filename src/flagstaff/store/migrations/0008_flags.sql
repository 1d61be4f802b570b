-- One report by one reporter in one case; repeats are addenda. No column here links two flags of one person.
create schema flags;

create table flags.flag (
    key uuid primary key,
    number text not null unique,
    "case" uuid not null references cases.case,
    snapshot uuid references subjects.snapshot,
    platform text not null,
    tag bytea not null,
    kind text not null,
    option text not null,
    reason text not null,
    option_kind text not null check (option_kind in ('violation', 'legal', 'care', 'housekeeping', 'open')),
    clauses text[] not null default '{}',
    menu_version integer not null,
    language text not null,
    label text not null,
    severity smallint not null check (severity between 1 and 4),
    reliability real not null,
    state text not null default 'live' check (state in ('live', 'kept', 'withdrawn', 'answered')),
    outcome text check (outcome in ('acted', 'no_violation', 'could_not_verify')),
    -- why the outcome stands, as a sentence key of the notices; never words of a person
    outcome_reason text,
    -- drawn from that kind's usual times where a late flag joins a closed case
    outcome_from timestamptz,
    question_until timestamptz,
    decision uuid,
    legacy boolean not null default false,
    converted_from text,
    received_at timestamptz not null,
    changed_at timestamptz not null,
    -- also finds the flags of a case
    unique ("case", tag)
);
-- Who hears of it when a decision is reversed; nothing is written here when a flag comes in.
create index flag_by_decision on flags.flag (decision) where decision is not null;

create table flags.addendum (
    key uuid primary key,
    flag uuid not null references flags.flag,
    option text not null,
    reason text not null,
    clauses text[] not null default '{}',
    menu_version integer not null,
    language text not null,
    label text not null,
    severity smallint not null check (severity between 1 and 4),
    has_words boolean not null default false,
    received_at timestamptz not null
);
create index addendum_by_flag on flags.addendum (flag);

-- "Just not for me": counted per day, option and kind; never a case, never a person.
create table flags.preference_count (
    platform text not null,
    option text not null,
    menu_version integer not null,
    day date not null,
    count integer not null,
    primary key (platform, option, menu_version, day)
);

-- What pages may read: no tag, and the day instead of the moment.
create view flags.listed as
    select key, number, "case", snapshot, platform, kind, option, reason, option_kind, clauses, menu_version, language, label,
           severity, reliability, state, outcome, legacy, received_at::date as day, decision
    from flags.flag;

-- The flags of a case as staff see them: one letter per reporter, in the order of the tags, which says nothing of time. No tag,
-- no number, and the day instead of the moment.
create view flags.lettered as
    select key, "case", snapshot, option, reason, option_kind, clauses, menu_version, language, label, severity, reliability,
           state, legacy, received_at::date as day,
           row_number() over (partition by "case" order by tag)::integer as letter
    from flags.flag;
