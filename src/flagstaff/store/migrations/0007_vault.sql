-- Sealed persons and words. Intake may insert and select nothing; openers are roles with a purpose, each behind functions.
create schema vault;

create table vault.person (
    key uuid primary key,
    platform text not null,
    hash bytea not null,
    -- made here, so that no process ever holds it: a tag is SHA-256(link_key, case)
    link_key bytea not null,
    sealed bytea not null,
    decided integer not null default 0,
    upheld integer not null default 0,
    misused integer not null default 0,
    restricted_until timestamptz,
    unique (platform, hash)
);

create table vault.link (
    person uuid not null references vault.person on delete cascade,
    "case" uuid not null,
    flag uuid not null unique,
    counted boolean not null default false,
    primary key (person, "case")
);

create table vault.words (
    ref uuid primary key,
    platform text not null,
    field text not null check (field in ('details', 'answers', 'addendum', 'answer', 'appeal', 'neighbours', 'author_answer')),
    -- the flag, addendum or appeal that these words belong to
    owner uuid not null,
    "case" uuid not null,
    sealed bytea not null,
    redacted bytea,
    day date not null
);
create index words_by_case on vault.words ("case");
create index words_by_owner on vault.words (owner);
create index words_to_redact on vault.words (ref) where redacted is null;

-- Who asked to open what and why: written and committed before anything is served.
create table vault.asking (
    key uuid primary key,
    role text not null,
    purpose text not null,
    account uuid,
    "case" uuid,
    refs uuid[] not null,
    reason text not null,
    asked_at timestamptz not null,
    asked_in xid8 not null,
    taken_at timestamptz,
    digest bytea
);

create table vault.unmasking (
    key uuid primary key,
    flag uuid not null,
    asked_by uuid not null,
    reason text not null,
    asked_at timestamptz not null,
    second uuid,
    confirmed_at timestamptz,
    until timestamptz,
    -- one confirmation serves once, so that the window does not hang on an honest clock alone
    taken_at timestamptz,
    check (second is null or second <> asked_by)
);

-- Reliability leaves the vault in five steps: the exact share (25 of 34) is rare enough to link two flags of one person.
create function vault.reliability(p_decided integer, p_upheld integer) returns real
language sql immutable set search_path = pg_catalog, pg_temp as $$
    select (least(4, floor(5.0 * (p_upheld + 1) / (p_decided + 2))) * 0.2 + 0.1)::real
$$;

-- One call for a whole batch: admits persons and gives back reliability, and the tags they carry in cases they may meet. It
-- never says whether a person was known before.
create function vault.admit(
    p_keys uuid[], p_platforms text[], p_hashes bytea[], p_sealed bytea[], p_standing uuid[], p_former uuid[]
) returns table (
    place integer, reliability real, restricted_until timestamptz, tag_standing bytea, tag_former bytea
)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare held integer;
begin
    -- Whoever is erased meanwhile is a newcomer again; from then on, who erases one of them waits until what they write
    -- now can be erased too.
    loop
        insert into vault.person (key, platform, hash, link_key, sealed)
        select distinct on (g.platform, g.hash) g.key, g.platform, g.hash,
               sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), g.sealed
        from unnest(p_keys, p_platforms, p_hashes, p_sealed) as g(key, platform, hash, sealed)
        where not exists (select 1 from vault.person k where k.platform = g.platform and k.hash = g.hash)
        order by g.platform, g.hash
        on conflict (platform, hash) do nothing;
        perform 1 from unnest(p_platforms, p_hashes) as g(platform, hash)
        join vault.person p on p.platform = g.platform and p.hash = g.hash
        for key share of p;
        get diagnostics held = row_count;
        exit when held >= coalesce(cardinality(p_hashes), 0);
    end loop;

    return query
    select g.n::integer, vault.reliability(p.decided, p.upheld), p.restricted_until,
           sha256(p.link_key || uuid_send(g.standing)), sha256(p.link_key || uuid_send(g.former))
    from unnest(p_platforms, p_hashes, p_standing, p_former) with ordinality as g(platform, hash, standing, former, n)
    join vault.person p on p.platform = g.platform and p.hash = g.hash
    order by g.n;
end $$;

-- Remember inside which flag is whose, and hand out the tag: SHA-256(link key, case).
create function vault.link_flags(p_platforms text[], p_hashes bytea[], p_cases uuid[], p_flags uuid[])
returns table (place integer, tag bytea)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into vault.link (person, "case", flag)
    select distinct on (p.key, g.case_key) p.key, g.case_key, g.flag
    from unnest(p_platforms, p_hashes, p_cases, p_flags) with ordinality as g(platform, hash, case_key, flag, n)
    join vault.person p on p.platform = g.platform and p.hash = g.hash
    order by p.key, g.case_key, g.n
    on conflict (person, "case") do nothing;

    return query
    select g.n::integer, sha256(p.link_key || uuid_send(g.case_key))
    from unnest(p_platforms, p_hashes, p_cases) with ordinality as g(platform, hash, case_key, n)
    join vault.person p on p.platform = g.platform and p.hash = g.hash
    order by g.n;
end $$;

-- The second function of intake: a person's own flags, as keys; never words.
create function vault.flags_of(p_platform text, p_hash bytea) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select l.flag from vault.link l join vault.person p on p.key = l.person
    where p.platform = p_platform and p.hash = p_hash
$$;

-- The same for a story that keeps something of theirs: they are not erased before it ends.
create function vault.hold_flags_of(p_platform text, p_hash bytea) returns setof uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    perform 1 from vault.person p where p.platform = p_platform and p.hash = p_hash for key share;
    return query select f from vault.flags_of(p_platform, p_hash) f;
end $$;

-- What a decision teaches about reliability: one call per decision, by flags; nobody learns the result.
create function vault.learn(p_flags uuid[], p_upheld boolean[], p_undo boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    -- in one order: decisions of several workers teach about the same people at the same time
    perform 1 from vault.person p where p.key in (select l.person from vault.link l where l.flag = any(p_flags))
    order by p.key for no key update;
    update vault.person p set
        decided = greatest(0, p.decided + s.decided), upheld = greatest(0, p.upheld + s.upheld)
    from (
        select l.person,
               (case when p_undo then -1 else 1 end * count(*))::integer as decided,
               (case when p_undo then -1 else 1 end * count(*) filter (where g.upheld))::integer as upheld
        from unnest(p_flags, p_upheld) as g(flag, upheld)
        join vault.link l on l.flag = g.flag and l.counted = p_undo
        group by l.person
    ) s where s.person = p.key;
    update vault.link set counted = not p_undo where flag = any(p_flags) and counted = p_undo;
end $$;

create function vault.ask(
    p_key uuid, p_purpose text, p_account uuid, p_case uuid, p_refs uuid[], p_reason text, p_at timestamptz
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not (
        (session_user = 'flagstaff_reader' and p_purpose in ('read', 'reveal', 'unmask'))
        or (session_user = 'flagstaff_redactor' and p_purpose = 'redact')
        or (session_user = 'flagstaff_postman' and p_purpose = 'send')
        or (session_user = 'flagstaff_analyst' and p_purpose = 'deep_dive')
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
    insert into vault.asking (key, role, purpose, account, "case", refs, reason, asked_at, asked_in)
    values (p_key, session_user, p_purpose, p_account, p_case, p_refs, p_reason, p_at, pg_current_xact_id());
end $$;

-- The one gate of every take: committed earlier, by this role, for this purpose, not yet served, not older than 15 minutes.
create function vault.granted(p_key uuid, p_purpose text, p_at timestamptz) returns uuid[]
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare found vault.asking%rowtype;
begin
    select * into found from vault.asking a where a.key = p_key for update;
    if found.key is null or found.role <> session_user or found.purpose <> p_purpose
        or found.asked_in = pg_current_xact_id() or found.taken_at is not null
        or p_at not between found.asked_at and found.asked_at + interval '15 minutes' then
        raise exception 'nothing committed was asked under this key' using errcode = 'insufficient_privilege';
    end if;
    update vault.asking set taken_at = p_at where key = p_key;
    return found.refs;
end $$;

create function vault.take_redacted(p_key uuid, p_at timestamptz)
returns table (ref uuid, platform text, field text, owner uuid, redacted bytea)
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select w.ref, w.platform, w.field, w.owner, w.redacted
    from unnest(vault.granted(p_key, 'read', p_at)) r join vault.words w on w.ref = r
$$;

create function vault.take_raw(p_key uuid, p_purpose text, p_at timestamptz)
returns table (ref uuid, platform text, field text, owner uuid, sealed bytea)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if p_purpose not in ('reveal', 'redact') then
        raise exception 'raw words are served for reveal and redact only' using errcode = 'insufficient_privilege';
    end if;
    return query select w.ref, w.platform, w.field, w.owner, w.sealed
    from unnest(vault.granted(p_key, p_purpose, p_at)) r join vault.words w on w.ref = r;
end $$;

-- Refs here are flags: one address each, for the postman's sending step or a confirmed unmasking.
create function vault.take_address(p_key uuid, p_purpose text, p_at timestamptz)
returns table (flag uuid, hash bytea, platform text, sealed bytea)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare flags uuid[]; confirmed integer;
begin
    if p_purpose not in ('send', 'unmask') then
        raise exception 'addresses are served for send and unmask only' using errcode = 'insufficient_privilege';
    end if;
    flags := vault.granted(p_key, p_purpose, p_at);
    if p_purpose = 'unmask' then
        update vault.unmasking u set taken_at = p_at
        from vault.asking a
        where a.key = p_key and u.flag = any(flags) and u.asked_by = a.account and u.second is not null
            and u.taken_at is null and a.asked_at >= u.confirmed_at and p_at < u.until;
        get diagnostics confirmed = row_count;
        if confirmed <> 1 or cardinality(flags) <> 1 then
            raise exception 'no second person has confirmed this unmasking' using errcode = 'insufficient_privilege';
        end if;
    end if;
    return query select l.flag, p.hash, p.platform, p.sealed
    from unnest(flags) f join vault.link l on l.flag = f join vault.person p on p.key = l.person;
end $$;

create function vault.to_redact(p_most integer) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select ref from vault.words where redacted is null order by ref limit p_most
$$;

create function vault.put_redacted(p_refs uuid[], p_redacted bytea[]) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    update vault.words w set redacted = g.redacted
    from unnest(p_refs, p_redacted) as g(ref, redacted) where w.ref = g.ref and w.redacted is null
$$;

-- Which words a case has, without their content: the reader must name refs when it asks.
create function vault.refs_of(p_case uuid) returns table (ref uuid, field text, owner uuid, ready boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select ref, field, owner, redacted is not null from vault.words where "case" = p_case order by ref
$$;

-- One boolean: is this account's person a reporter in this case?
create function vault.is_party(p_platform text, p_hash bytea, p_case uuid) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select exists (select 1 from vault.link l join vault.person p on p.key = l.person
                   where p.platform = p_platform and p.hash = p_hash and l."case" = p_case)
$$;

-- What waits for a second person: which flag, who asks and why; the second must know before confirming. Beside it what
-- was confirmed to this account and not seen yet.
create function vault.unmaskings_of(p_account uuid, p_at timestamptz)
returns table (key uuid, flag uuid, asked_by uuid, reason text, asked_at timestamptz, until timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select key, flag, asked_by, reason, asked_at, until from vault.unmasking
    where second is null and p_at between asked_at and asked_at + interval '1 day'
        or asked_by = p_account and taken_at is null and p_at >= confirmed_at and p_at < until
    order by asked_at, key
$$;

create function vault.ask_unmasking(p_key uuid, p_flag uuid, p_account uuid, p_reason text, p_at timestamptz) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    insert into vault.unmasking (key, flag, asked_by, reason, asked_at) values (p_key, p_flag, p_account, p_reason, p_at)
$$;

create function vault.confirm_unmasking(p_key uuid, p_account uuid, p_at timestamptz) returns uuid
language sql security definer set search_path = pg_catalog, pg_temp as $$
    update vault.unmasking set second = p_account, confirmed_at = p_at, until = p_at + interval '15 minutes'
    where key = p_key and second is null and asked_by <> p_account
        and p_at between asked_at and asked_at + interval '1 day' returning flag
$$;

-- Everything of one person goes; the keys of their flags come back so that other rooms can blank what hangs on them.
-- Their addenda and appeals have owners of their own, which those rooms know: they are passed to erase_words.
create function vault.erase(p_platform text, p_hash bytea) returns setof uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare flags uuid[];
begin
    -- first: what they write at this moment is finished, and found below
    perform 1 from vault.person p where p.platform = p_platform and p.hash = p_hash for update;
    select coalesce(array_agg(l.flag), '{}') into flags from vault.link l join vault.person p on p.key = l.person
    where p.platform = p_platform and p.hash = p_hash;
    delete from vault.words w where w.owner = any(flags);
    delete from vault.person p where p.platform = p_platform and p.hash = p_hash;
    -- a reason to unmask may name whom its writer suspected
    update vault.unmasking u set reason = '' where u.flag = any(flags);
    return query select unnest(flags);
end $$;

create function vault.erase_words(p_owners uuid[]) returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with gone as (delete from vault.words where owner = any(p_owners) returning 1) select count(*)::integer from gone
$$;

-- What an author said in other people's flags: the messages around a flagged one, and answers given to staff.
create function vault.erase_author_words(p_cases uuid[]) returns integer
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with gone as (
        delete from vault.words where "case" = any(p_cases) and field in ('neighbours', 'author_answer') returning 1
    ) select count(*)::integer from gone
$$;

-- Restrictions that are over end here. The kept flags of those persons come back, in the order of their keys, to count from
-- now on; never the others: whoever may restrict by one flag would otherwise read here which flags are the same person's.
create function vault.end_restrictions(p_at timestamptz) returns setof uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    return query
    with over as (
        update vault.person set restricted_until = null where restricted_until <= p_at returning key
    )
    select l.flag from vault.link l join flags.flag f on f.key = l.flag
    where l.person in (select key from over) and f.state = 'kept' order by l.flag;
end $$;

-- Restrictions on flagging are kept beside the person; intake learns them through admit.
create function vault.restrict(p_flag uuid, p_until timestamptz) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    update vault.person p set restricted_until = p_until from vault.link l where l.person = p.key and l.flag = p_flag
$$;
