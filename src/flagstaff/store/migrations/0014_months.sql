-- Month partitions are made ahead of the business clock. A month whose rows already lie in the default partition stays there.
create function house.prepare_months(p_from date, p_months integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    parent text; month date; child text; stray boolean; made integer := 0;
begin
    if p_months not between 1 and 120 then
        raise exception 'months are between 1 and 120' using errcode = 'check_violation';
    end if;
    foreach parent in array array['cases.step', 'decisions.measure_step', 'delivery.attempt', 'audit.entry'] loop
        for i in 0 .. p_months - 1 loop
            month := (date_trunc('month', p_from::timestamp) + make_interval(months => i))::date;
            child := parent || '_' || to_char(month, 'YYYY_MM');
            if to_regclass(child) is null then
                execute format('select exists (select 1 from %s_rest where at >= %L and at < %L)', parent,
                    month::text || ' 00:00+00', (month + interval '1 month')::date::text || ' 00:00+00') into stray;
                if not stray then
                    execute format('create table %s partition of %s for values from (%L) to (%L)', child, parent,
                        month::text || ' 00:00+00', (month + interval '1 month')::date::text || ' 00:00+00');
                    made := made + 1;
                end if;
            end if;
        end loop;
    end loop;
    return made;
end $$;

-- What a caller once answered to a write with an Idempotency-Key. The digest is keyed over caller, route and key together, so
-- that rows of one caller cannot be told to belong together.
create table house.idempotency (
    digest bytea primary key,
    body bytea not null,
    status smallint not null,
    answer jsonb not null,
    made_at timestamptz not null
);
create index idempotency_age on house.idempotency (made_at);

-- The tour shows ciphertext, and only in a database that the demo seeding has marked.
create function vault.tour_rows(p_flag uuid) returns table (place text, field text, held bytea)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (select 1 from house.mark where name = 'demo') then
        raise exception 'this database was not made by the demo' using errcode = 'insufficient_privilege';
    end if;
    return query
    select 'vault.person'::text, 'hash'::text, p.hash from vault.person p join vault.link l on l.person = p.key where l.flag = p_flag
    union all
    select 'vault.person', 'sealed', p.sealed from vault.person p join vault.link l on l.person = p.key where l.flag = p_flag
    union all
    select 'vault.words', w.field, w.sealed from vault.words w where w.owner = p_flag;
end $$;
