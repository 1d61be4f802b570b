-- Published menu versions, immutable, and the edges along which options were merged, restored or reworded.
create schema menus;

create table menus.version (
    platform text not null references platforms.platform,
    number integer not null check (number > 0),
    guidelines_version integer not null,
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

create table menus.lineage (
    platform text not null references platforms.platform,
    version integer not null,
    edge text not null check (edge in ('merge', 'remove', 'restore', 'reword', 'add')),
    from_option text not null,
    to_option text not null,
    primary key (platform, version, edge, from_option, to_option),
    foreign key (platform, version) references menus.version
);
