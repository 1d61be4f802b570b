-- What somebody prepares on the live menus, until it is proposed, published or given up; and who answers for a version.
create table menus.draft (
    key uuid primary key,
    platform text not null references platforms.platform,
    -- the live version it was last applied to
    base integer not null,
    -- title, operations, goal, owner, why, figures
    document jsonb not null,
    -- rises with every change, so that two who edit at once do not undo each other unseen
    revision integer not null default 1,
    state text not null default 'open' check (state in ('open', 'proposed', 'published', 'discarded')),
    author uuid not null,
    made_at timestamptz not null,
    changed_at timestamptz not null,
    proposal uuid references guidelines.proposal,
    published integer
);
create index draft_by_proposal on menus.draft (proposal) where proposal is not null;

-- Who answers for a published version, newest last: it can be handed over, and what was stays to be read.
create table menus.ownership (
    platform text not null,
    version integer not null,
    account uuid not null,
    handed_by uuid not null,
    at timestamptz not null,
    primary key (platform, version, at, account),
    foreign key (platform, version) references menus.version
);

-- A new option may take a part of an older one's flags.
alter table menus.lineage drop constraint lineage_edge_check;
alter table menus.lineage add constraint lineage_edge_check
    check (edge in ('merge', 'remove', 'restore', 'reword', 'add', 'split'));
