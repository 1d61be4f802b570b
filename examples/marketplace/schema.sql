-- Harborlane's own books. Nothing in here belongs to Flagstaff; what came from there stands in the second half.
create table if not exists person (
    id text primary key, name text not null, role text not null, headline text not null, town text not null,
    language text not null, about text not null
);

create table if not exists item (
    kind text not null, id text not null, author text not null references person,
    title text not null, text text not null, language text not null,
    -- a proposal's job, a portfolio item's or review's profile
    parent text not null,
    -- the other person of a message
    participant text not null,
    board text not null, "group" text not null, thread text not null,
    facts text not null, views integer not null, posted_at text not null, edited_at text, deleted_at text,
    primary key (kind, id)
);
create index if not exists item_by_author on item (author);
create index if not exists item_by_thread on item (thread);

-- What a person arranged for themselves; Flagstaff never hears of it.
create table if not exists preference (
    person text not null, what text not null, kind text not null, id text not null,
    primary key (person, what, kind, id)
);

-- What Flagstaff asked for. Each measure is kept by its number, so that one that ends leaves the others standing.
create table if not exists hidden (kind text not null, id text not null, measure text not null, primary key (kind, id, measure));
create table if not exists restriction (
    person text not null, scope text not null, ref text not null, measure text not null, until text,
    primary key (person, measure, scope, ref)
);
create table if not exists told (person text not null, measure text not null, seen integer not null default 0, primary key (person, measure));
create table if not exists revision (target text primary key, number integer not null);
create table if not exists hook (id text primary key);
create table if not exists notice (
    box text not null check (box in ('author', 'reporter')), number text not null, person text not null,
    text text not null, links text not null, at text not null, seen integer not null default 0,
    primary key (box, number, at)
);

-- What Flagstaff must hear and has not heard yet.
create table if not exists outgoing (n integer primary key autoincrement, path text not null, body text not null, problem text);
create table if not exists mark (name text primary key, value text not null);
