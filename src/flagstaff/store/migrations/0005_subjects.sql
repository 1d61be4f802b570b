-- What can be flagged, who wrote it, and immutable copies of how it stood.
create schema subjects;

create table subjects.author (
    key uuid primary key,
    -- no reference: every flag would lock the one row of its platform, and the published policy knows which there are
    platform text not null,
    person text not null,
    -- keyed hash under the label "author": compared with a staff account's linked person, never with the vault's hashes
    staff_hash bytea not null,
    state text not null default 'active' check (state in ('active', 'closed', 'erased')),
    changed_at timestamptz not null,
    unique (platform, person)
);

create table subjects.subject (
    key uuid primary key,
    platform text not null,
    kind text not null,
    outside_id text not null,
    author uuid references subjects.author,
    surface text not null default 'marketplace' check (surface in ('marketplace', 'community')),
    part text, board text, community_group text, thread text,
    state text not null default 'standing' check (state in ('standing', 'deleted_by_author', 'removed')),
    -- cause of a deletion as the contract names it: by_author or by_policy
    cause text check (cause in ('by_author', 'by_policy')),
    first_seen_at timestamptz not null,
    changed_at timestamptz not null,
    unique (platform, kind, outside_id)
);
create index subject_by_author on subjects.subject (author);

create table subjects.snapshot (
    key uuid primary key,
    subject uuid not null references subjects.subject,
    number integer not null check (number > 0),
    content_hash bytea not null,
    title text,
    words text,
    link text,
    language text,
    posted_at timestamptz,
    edited_at timestamptz,
    -- absent: nothing is quoted and the next day's window is used
    audience text check (audience in ('1', '2-4', '5-19', '20+')),
    reference_only boolean not null default false,
    emptied_at timestamptz,
    copied_after interval,
    taken_at timestamptz not null,
    unique (subject, number),
    check (not reference_only or (title is null and words is null and link is null))
);
