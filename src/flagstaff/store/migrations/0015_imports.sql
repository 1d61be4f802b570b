-- History from before Flagstaff: how far each file was read, and which of its rows came in.
create schema imports;

create table imports.run (
    -- made from the digests of file and mapping: the same file under the same mapping goes on where it was cut off
    key uuid primary key,
    platform text not null references platforms.platform,
    row_kind text not null check (row_kind in ('subjects', 'persons', 'decisions', 'flags')),
    -- the byte and line at which the next row begins
    reached bigint not null,
    line bigint not null,
    -- per kind of subject: taken, there before, rejected
    sums jsonb not null,
    -- how long the file of rejects and that of their reasons were at this point; what is behind it was never committed
    rejects_length bigint not null,
    reasons_length bigint not null,
    started_at timestamptz not null,
    finished_at timestamptz
);

-- Keyed digests: whoever lacks the hash key of the house finds neither a row nor a person by them.
create table imports.taken (
    identity uuid primary key,
    content uuid not null
);

-- The closed case that stands for what a platform called one case, or for all closed history of a subject (name of zeros).
create table imports.past_case (
    subject uuid not null references subjects.subject,
    name uuid not null,
    "case" uuid not null references cases.case,
    primary key (subject, name)
);

-- Made by somebody else than this house: shown as such, counted in no figure of its own decisions, on no ladder.
alter table decisions.decision add column legacy boolean not null default false;
