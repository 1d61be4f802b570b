-- Deep dives: comments under Other are read for one asked run, coded into the themes of a codebook that a person keeps, and
-- counted. A run is never changed once it is ready; the codebook and the reviewers' labels live on from run to run.

-- ---------------------------------------------------------------- runs
create table insight.dive (
    key uuid primary key,
    -- as people read it; random
    number text not null unique,
    platform text not null references platforms.platform,
    -- which comments: kinds, first and last day, language
    selection jsonb not null,
    -- the codebook and the labels as they stood when it was asked for: nothing that comes later changes what it finds
    lines jsonb not null,
    labels jsonb not null,
    -- whose labels those are; null: nobody's yet
    reviewer uuid,
    state text not null default 'asked' check (state in ('asked', 'reading', 'coding', 'ready', 'cancelled', 'failed')),
    -- what is being done now, for who waits
    stage text not null default '',
    done integer not null default 0,
    total integer not null default 0,
    -- the run over the same comments that this one counts again
    follows uuid references insight.dive,
    asked_by uuid not null,
    -- business time
    asked_at timestamptz not null,
    ended_at timestamptz,
    -- why it failed: a key of a sentence, never words of a person
    failure text,
    -- wall clock: until when the worker that has it may be silent; afterwards another one begins it anew
    held_until timestamptz,
    held_by uuid,
    attempts smallint not null default 0,
    -- the table as canonical JSON, byte by byte, and its SHA-256
    result bytea,
    digest bytea,
    -- lines for a codebook, where none was given; rows that the coder is least sure of, the most useful first
    proposed jsonb,
    unsure uuid[],
    check ((state = 'ready') = (num_nonnulls(result, digest, proposed, unsure) = 4)),
    check ((state = 'failed') = (failure is not null)),
    check ((state in ('ready', 'cancelled', 'failed')) = (ended_at is not null))
);
create index dive_by_platform on insight.dive (platform, asked_at desc);
create index dive_under_way on insight.dive (asked_at) where state in ('asked', 'reading', 'coding');

-- What a finished run says of each comment it counted. No word of it, and nobody who wrote it.
create table insight.dive_row (
    dive uuid not null references insight.dive,
    flag uuid not null references flags.flag,
    kind text not null,
    -- as read from the words; 'und' where they are too few to tell
    language text not null,
    -- its first day
    month date not null,
    -- its turn in the audit, which is the same in every run: SHA-256 of the platform's seed and the flag
    place bytea not null,
    theme text not null,
    probability real not null check (probability between 0 and 1),
    second text not null,
    primary key (dive, flag)
);
create index dive_row_in_turn on insight.dive_row (dive, place);

-- In which order comments are drawn for an audit: known to nobody beforehand, and never another.
create table insight.audit_order (
    platform text primary key references platforms.platform,
    seed bytea not null check (length(seed) = 32)
);

-- ---------------------------------------------------------------- the reviewer's hand
-- The codebook of a platform is what its changes add up to, the oldest first: none is ever overwritten.
create table insight.theme_change (
    key uuid primary key,
    platform text not null references platforms.platform,
    -- the theme's key, and what became of it
    theme text not null,
    change jsonb not null,
    by uuid not null,
    -- business time
    at timestamptz not null
);
create index theme_change_in_order on insight.theme_change (platform, key);

-- What reviewers said of comments: rows are only ever added, and the newest of a reviewer about a comment is what they say.
create table insight.label (
    key uuid primary key,
    platform text not null,
    flag uuid not null references flags.flag,
    reviewer uuid not null,
    -- a theme's key, 'other' or 'not_usable'; null: taken back
    theme text,
    drawn text not null check (drawn in ('random', 'unsure', 'chosen')),
    -- business time
    at timestamptz not null
);
create index label_newest on insight.label (platform, reviewer, flag, key desc);
create index label_by_flag on insight.label (flag);

-- ---------------------------------------------------------------- what is opened for them
-- What a comment means as numbers, kept so that counting again costs little: sealed like the words, and gone with them.
create table vault.vector (
    ref uuid primary key references vault.words on delete cascade,
    model text not null,
    sealed bytea not null
);

-- A comment under Other that was erased: it is still counted, as gone.
create table vault.gone (
    flag uuid primary key,
    platform text not null
);

-- The same as before, with the two purposes of deep dives: a run that is reading takes up to a thousand copies at a time, for the
-- account that asked for it; a reviewer is shown up to fifty of a run.
create or replace function vault.ask(
    p_key uuid, p_purpose text, p_account uuid, p_case uuid, p_refs uuid[], p_reason text, p_at timestamptz
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not (
        (session_user = 'flagstaff_reader' and p_purpose in ('read', 'reveal', 'unmask'))
        or (session_user = 'flagstaff_redactor' and p_purpose = 'redact')
        or (session_user = 'flagstaff_postman' and p_purpose = 'send')
        or (session_user = 'flagstaff_analyst' and p_purpose in ('deep_dive', 'coding', 'estimate'))
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
    insert into vault.asking (key, role, purpose, account, "case", refs, reason, asked_at, asked_in)
    values (p_key, session_user, p_purpose, p_account, p_case, p_refs, p_reason, p_at, pg_current_xact_id());
end $$;

-- Which of some flags under Other have a comment that can be read, and which had one that is erased.
create function vault.comments_among(p_flags uuid[]) returns table (flag uuid, ref uuid)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select w.owner, w.ref from vault.words w join flags.flag f on f.key = w.owner
    where w.owner = any(p_flags) and w.field = 'details' and w.redacted is not null and f.option_kind = 'open'
    union all
    select g.flag, null from vault.gone g where g.flag = any(p_flags)
$$;

-- Copies for one run, each with the run's own name for its writer: SHA-256(link key, run), which says nothing in any other run.
-- What was served leaves its digest. Whatever else the asking named, or is of another platform, is not served.
create function vault.take_for_dive(p_key uuid, p_at timestamptz) returns table (
    ref uuid, platform text, field text, owner uuid, redacted bytea, person bytea, model text, vector bytea
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare named uuid[]; run insight.dive%rowtype;
begin
    named := vault.granted(p_key, 'deep_dive', p_at);
    select d.* into strict run from vault.asking a join insight.dive d on d.key = a."case" where a.key = p_key;
    update vault.asking a set digest = (
        select sha256(string_agg(uuid_send(w.ref) || w.redacted, ''::bytea order by w.ref))
        from vault.words w where w.ref = any(named)
    ) where a.key = p_key;
    return query
    select w.ref, w.platform, w.field, w.owner, w.redacted,
           sha256(coalesce(p.link_key, uuid_send(w.owner)) || uuid_send(run.key)), v.model, v.sealed
    from vault.words w
    join flags.flag f on f.key = w.owner and f.option_kind = 'open'
    left join vault.link l on l.flag = w.owner
    left join vault.person p on p.key = l.person
    left join vault.vector v on v.ref = w.ref
    where w.ref = any(named) and w.field = 'details' and w.platform = run.platform;
end $$;

-- Copies that a reviewer is shown: those of the run that the asking named, and no others.
create function vault.take_for_coding(p_key uuid, p_at timestamptz)
returns table (ref uuid, platform text, field text, owner uuid, redacted bytea)
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select w.ref, w.platform, w.field, w.owner, w.redacted
    from unnest(vault.granted(p_key, 'coding', p_at)) r
    join vault.words w on w.ref = r and w.field = 'details'
    join vault.asking a on a.key = p_key
    join insight.dive_row d on d.dive = a."case" and d.flag = w.owner
$$;

-- Kept beside the copy it was made of; another model's takes the place of the former one. Words erased meanwhile keep none.
create function vault.put_vectors(p_refs uuid[], p_model text, p_sealed bytea[]) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with held as (
        select w.ref from vault.words w where w.ref = any(p_refs) and w.field = 'details' order by w.ref for key share
    )
    insert into vault.vector (ref, model, sealed)
    select h.ref, p_model, g.sealed from unnest(p_refs, p_sealed) as g(ref, sealed) join held h on h.ref = g.ref
    on conflict (ref) do update set model = excluded.model, sealed = excluded.sealed
$$;

-- As before; an erased comment under Other leaves a stone that says that there was one.
create or replace function vault.erase(p_platform text, p_hash bytea) returns setof uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare flags uuid[];
begin
    -- first: what they write at this moment is finished, and found below
    perform 1 from vault.person p where p.platform = p_platform and p.hash = p_hash for update;
    select coalesce(array_agg(l.flag), '{}') into flags from vault.link l join vault.person p on p.key = l.person
    where p.platform = p_platform and p.hash = p_hash;
    insert into vault.gone (flag, platform)
    select w.owner, w.platform from vault.words w join flags.flag f on f.key = w.owner and f.option_kind = 'open'
    where w.owner = any(flags) and w.field = 'details'
    on conflict (flag) do nothing;
    delete from vault.words w where w.owner = any(flags);
    delete from vault.person p where p.platform = p_platform and p.hash = p_hash;
    -- a reason to unmask may name whom its writer suspected
    update vault.unmasking u set reason = '' where u.flag = any(flags);
    return query select unnest(flags);
end $$;
