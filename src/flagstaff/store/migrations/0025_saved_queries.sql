-- Figures that readers are told: what was asked, what was found and when it was counted, written once and never changed.
create table insight.saved (
    key uuid primary key,
    -- told to readers; random
    number text not null unique,
    platform text not null references platforms.platform,
    -- the name of a known query and its parameters
    query jsonb not null,
    found jsonb not null,
    -- what is said and told, word for word as the note has it
    says text not null,
    told text not null,
    -- business time: when the flags behind it were counted
    as_of timestamptz not null,
    -- a digest of the code that counted
    code text not null,
    -- null: the house itself, which measures what came of a version
    made_by uuid,
    made_at timestamptz not null
);

-- Which of them a published version tells readers: from then on everybody may see it.
create table insight.published_figure (
    saved uuid primary key references insight.saved,
    platform text not null,
    version integer not null,
    part text not null check (part in ('figure', 'before', 'since')),
    published_at timestamptz not null,
    foreign key (platform, version) references menus.version (platform, number)
);
create unique index effect_of_version on insight.published_figure (platform, version, part) where part <> 'figure';

-- What anybody may read: published figures, without who made them.
create view insight.public_figure as
    select s.number, s.platform, s.query, s.found, s.says, s.told, s.as_of, s.code, p.version, p.part, p.published_at
    from insight.saved s join insight.published_figure p on p.saved = s.key;
