-- A standing watch over what people write under Other: a deep dive each week, and what rose in it.
create table insight.watch (
    platform text primary key references platforms.platform,
    -- which menus; none: all there are that week
    kinds text[] not null,
    -- in whose name comments are opened
    account uuid not null,
    -- business time
    began_at timestamptz not null,
    next_at timestamptz not null,
    ended_at timestamptz
);

create table insight.watched (
    dive uuid primary key references insight.dive,
    platform text not null,
    -- the first day of the week that is compared with those before it
    week date not null,
    -- business time; null: its run is not over yet
    judged_at timestamptz,
    -- themes that rose, counts alone
    rising jsonb not null default '[]'
);
create index watched_by_platform on insight.watched (platform, week desc);
