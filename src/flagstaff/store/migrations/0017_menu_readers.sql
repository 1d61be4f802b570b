-- What readers of a release note say of it: a count per day, never a person.
create table menus.reaction (
    platform text not null,
    version integer not null,
    day date not null,
    clear boolean not null,
    count integer not null,
    primary key (platform, version, day, clear),
    foreign key (platform, version) references menus.version
);

-- Who answers for a version, by the one name that readers are told; no other fact of an account.
create view menus.answerable as
    select distinct on (o.platform, o.version) o.platform, o.version, a.name, a.state = 'left' as has_left, o.at
    from menus.ownership o
    join staff.account a on a.key = o.account
    order by o.platform, o.version, o.at desc, o.account;
