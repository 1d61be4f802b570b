-- What belongs to the house as a whole: the business clock and the marks that things were done once.
-- The schema itself and house.migration are made by the runner, which needs them before this file.

-- One row. Business time is wall time plus this; moving it is told on the channel "clock".
create table house.clock (
    only_one boolean primary key default true check (only_one),
    ahead interval not null default interval '0'
);
insert into house.clock default values;

-- Marks such as "the demo was seeded here".
create table house.mark (
    name text primary key,
    value text not null,
    made_at timestamptz not null
);
