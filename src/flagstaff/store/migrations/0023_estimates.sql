-- Past comments under Other tell roughly who would have chosen an option that a draft adds. The analyst may take redacted copies
-- of such comments, a hundred per committed line, for one account; only counts leave the story that takes them.
create or replace function vault.ask(
    p_key uuid, p_purpose text, p_account uuid, p_case uuid, p_refs uuid[], p_reason text, p_at timestamptz
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not (
        (session_user = 'flagstaff_reader' and p_purpose in ('read', 'reveal', 'unmask'))
        or (session_user = 'flagstaff_redactor' and p_purpose = 'redact')
        or (session_user = 'flagstaff_postman' and p_purpose = 'send')
        or (session_user = 'flagstaff_analyst' and p_purpose in ('deep_dive', 'estimate'))
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
    insert into vault.asking (key, role, purpose, account, "case", refs, reason, asked_at, asked_in)
    values (p_key, session_user, p_purpose, p_account, p_case, p_refs, p_reason, p_at, pg_current_xact_id());
end $$;

-- Which of some flags have a comment that can be counted: under Other, with its redacted copy made.
create function vault.copies_of(p_flags uuid[]) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select w.ref from vault.words w join flags.flag f on f.key = w.owner
    where w.owner = any(p_flags) and w.field = 'details' and w.redacted is not null and f.option_kind = 'open'
    order by w.ref
$$;

-- Redacted comments under Other that a committed asking named; whatever else it named is not served.
create function vault.take_copies(p_key uuid, p_at timestamptz)
returns table (ref uuid, platform text, field text, owner uuid, redacted bytea)
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select w.ref, w.platform, w.field, w.owner, w.redacted
    from unnest(vault.granted(p_key, 'estimate', p_at)) r
    join vault.words w on w.ref = r and w.field = 'details'
    join flags.flag f on f.key = w.owner and f.option_kind = 'open'
$$;

-- What a count of comments found for one state of a draft: counts per menu, never a word, none below five.
create table menus.estimate (
    key uuid primary key,
    draft uuid not null references menus.draft,
    -- SHA-256 of the operations and of what they were applied to: when either changed, it is about another draft
    about bytea not null,
    days integer not null check (days > 0),
    -- which comments were drawn is given by it and by nothing else
    seed text not null,
    found jsonb not null,
    made_by uuid not null,
    -- business time
    made_at timestamptz not null
);
create index estimate_by_draft on menus.estimate (draft, made_at desc);
