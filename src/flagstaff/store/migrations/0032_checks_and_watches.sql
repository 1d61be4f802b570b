-- A run that is ready can be made again from what is kept, to see whether its table is what was stored; and a weekly watch rests
-- where whoever set it may run no deep dive any more.

-- The same as before, with the purpose of that: copies of a run that is ready, for the account that has it checked.
create or replace function vault.ask(
    p_key uuid, p_purpose text, p_account uuid, p_case uuid, p_refs uuid[], p_reason text, p_at timestamptz
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not (
        (session_user = 'flagstaff_reader' and p_purpose in ('read', 'reveal', 'unmask'))
        or (session_user = 'flagstaff_redactor' and p_purpose = 'redact')
        or (session_user = 'flagstaff_postman' and p_purpose = 'send')
        or (session_user = 'flagstaff_analyst' and p_purpose in ('deep_dive', 'coding', 'estimate', 'check'))
    ) then
        raise exception 'role % may not open for %', session_user, p_purpose using errcode = 'insufficient_privilege';
    end if;
    if p_reason = '' or cardinality(p_refs) = 0 then
        raise exception 'an opening names what and why' using errcode = 'check_violation';
    end if;
    if p_purpose in ('read', 'reveal') and (p_account is null or exists (
        select 1 from unnest(p_refs) r where not exists (
            select 1 from vault.words w where w.ref = r and w."case" is not distinct from p_case))) then
        raise exception 'words are opened for one account, and only those of the case it names'
            using errcode = 'insufficient_privilege';
    end if;
    if p_purpose = 'estimate' and (p_account is null or cardinality(p_refs) > 100) then
        raise exception 'comments are counted for one account, a hundred at a time' using errcode = 'insufficient_privilege';
    end if;
    if p_purpose = 'deep_dive' and (cardinality(p_refs) > 1000 or not exists (
        select 1 from insight.dive d where d.key = p_case and d.state = 'reading' and d.asked_by = p_account)) then
        raise exception 'comments are read for a run that was asked for, by who asked, a thousand at a time'
            using errcode = 'insufficient_privilege';
    end if;
    if p_purpose = 'coding' and (p_account is null or cardinality(p_refs) > 50 or not exists (
        select 1 from insight.dive d where d.key = p_case)) then
        raise exception 'comments of a run are shown to one account, fifty at a time' using errcode = 'insufficient_privilege';
    end if;
    if p_purpose = 'check' and (p_account is null or cardinality(p_refs) > 1000 or not exists (
        select 1 from insight.dive d where d.key = p_case and d.state = 'ready')) then
        raise exception 'comments are read again for a run that is ready, for one account, a thousand at a time'
            using errcode = 'insufficient_privilege';
    end if;
    insert into vault.asking (key, role, purpose, account, "case", refs, reason, asked_at, asked_in)
    values (p_key, session_user, p_purpose, p_account, p_case, p_refs, p_reason, p_at, pg_current_xact_id());
end $$;

-- Copies for one run that is ready, and for none of the comments it did not count, each with the run's own name for its writer:
-- the very name that it had when the run was made.
create function vault.take_for_check(p_key uuid, p_at timestamptz) returns table (
    ref uuid, platform text, field text, owner uuid, redacted bytea, person bytea, model text, vector bytea
)
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select w.ref, w.platform, w.field, w.owner, w.redacted,
           sha256(coalesce(p.link_key, uuid_send(w.owner)) || uuid_send(a."case")), v.model, v.sealed
    from unnest(vault.granted(p_key, 'check', p_at)) r
    join vault.words w on w.ref = r and w.field = 'details'
    join vault.asking a on a.key = p_key
    join insight.dive_row d on d.dive = a."case" and d.flag = w.owner
    left join vault.link l on l.flag = w.owner
    left join vault.person p on p.key = l.person
    left join vault.vector v on v.ref = w.ref
$$;

-- ---------------------------------------------------------------- the watch
alter table insight.watch
    -- business time; since when nobody stands for it: comments are opened in no name of somebody who left
    add column rests_since timestamptz;
