-- How the options of the menus are used: counts per day, made again and again from the flags themselves, so that whatever
-- becomes of a flag later comes right without a line in any story. A flag that comes in writes nothing here.
create schema insight;

-- A platform's month that is counted when it is due, by the wall clock. The month '-infinity' stands for looking which there are.
create table insight.turn (
    platform text not null,
    month date not null,
    due_at timestamptz not null,
    -- business time; null: never yet
    counted_at timestamptz,
    primary key (platform, month)
);

-- How many flags of one day are alike in all that figures ask about; days run in the platform's zone.
create table insight.use_of_day (
    platform text not null,
    day date not null,
    option text not null,
    kind text not null,
    option_kind text not null,
    version integer not null,
    -- those that the option led to in the version that its reporter saw
    clauses text[] not null,
    counting text not null check (counting in ('counts', 'kept', 'withdrawn')),
    imported boolean not null,
    converted_from text not null,
    -- of the decision in force; blank while there is none
    verdict text not null,
    decided text[] not null,
    flags integer not null,
    -- those that were the first of their option in their case
    cases integer not null
);
create index use_by_day on insight.use_of_day (platform, day);

-- How long flags of one day waited for their decision: step n holds 2^(n/8) to 2^((n+1)/8) seconds.
create table insight.wait_of_day (
    platform text not null,
    day date not null,
    kind text not null,
    version integer not null,
    step smallint not null,
    flags integer not null
);
create index wait_by_day on insight.wait_of_day (platform, day);

-- What the vault released of one month, once: how many persons were wronged, and how many of them again by the same author.
-- Null victims: fewer than five. `at_least` and `at_most` differ where fewer than five were wronged again, or fewer than five not.
create table insight.repeat_of_month (
    platform text not null,
    month date not null,
    version integer not null,
    victims integer check (victims >= 5),
    at_least integer,
    at_most integer,
    released_at timestamptz not null,
    primary key (platform, month, version),
    check (num_nonnulls(victims, at_least, at_most) in (0, 3))
);

-- A month of flags is found without a walk through all of them; a range of pages costs intake next to nothing.
create index flag_by_time on flags.flag using brin (received_at) with (autosummarize = on);

-- Which months the vault has counted: none twice, or the difference between two counts would be about one person.
create table vault.repeat_counted (
    platform text not null,
    month date not null,
    primary key (platform, month)
);

-- Persons whose flag led to a violation that took effect in a month, and of them those who met a violation by the same author
-- again within thirty days: another case, flagged by them, decided. Cells do not overlap: a person stands once in a month,
-- under the version of their first such flag. Nothing about fewer than five persons leaves, and a month leaves once.
create function vault.release_repeats(p_platform text, p_month date, p_zone text)
returns table (version integer, victims integer, at_least integer, at_most integer)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare held integer;
begin
    if p_month <> date_trunc('month', p_month)::date then
        raise exception 'repeats are released by whole months' using errcode = 'check_violation';
    end if;
    insert into vault.repeat_counted (platform, month) values (p_platform, p_month) on conflict do nothing;
    get diagnostics held = row_count;
    if held = 0 then
        return;
    end if;
    return query
    with wronged as (
        select l.person, f."case", f.menu_version, d.author, d.effective_at, f.key
        from decisions.decision d
        join flags.flag f on f.decision = d.key and f.state = 'answered' and not f.legacy
        join vault.link l on l.flag = f.key
        where d.platform = p_platform and d.state = 'effective' and d.verdict = 'violation' and d.author is not null
          and d.effective_at >= p_month::timestamp at time zone p_zone
          and d.effective_at < (p_month + interval '1 month')::timestamp at time zone p_zone
    ), met as (
        select w.person, (array_agg(w.menu_version order by w.effective_at, w.key))[1] as menu_version,
               bool_or(exists (
                   select 1 from vault.link l2
                   join flags.flag f2 on f2.key = l2.flag and f2.state = 'answered' and not f2.legacy
                   join decisions.decision d2 on d2.key = f2.decision and d2.state = 'effective' and d2.verdict = 'violation'
                   where l2.person = w.person and d2.author = w.author and f2."case" <> w."case"
                     and f2.received_at > w.effective_at and f2.received_at <= w.effective_at + interval '30 days'
               )) as again
        from wronged w group by w.person
    ), cell as (
        select m.menu_version, count(*)::integer as n, (count(*) filter (where m.again))::integer as a
        from met m group by m.menu_version
    )
    select c.menu_version,
           case when c.n >= 5 then c.n end,
           case when c.n >= 5 then case when c.a < 5 then 0 when c.n - c.a < 5 then c.n - 4 else c.a end end,
           case when c.n >= 5 then case when c.a < 5 then 4 when c.n - c.a < 5 then c.n else c.a end end
    from cell c order by c.menu_version;
end $$;
