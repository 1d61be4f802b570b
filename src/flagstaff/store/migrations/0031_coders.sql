-- A model that the operator chose may code the comments of a deep dive beside the house's own coder. What it answered is an input
-- of the run: a theme for each comment, no word of it.
alter table insight.dive
    -- which model was chosen when the run was asked for: host, model, prompt; null: none
    add column coder jsonb,
    -- what came of asking it, in counts; null: it was not asked, or not yet
    add column outcome jsonb,
    add check (outcome is null or coder is not null);

-- Gone with the comment, like its vector. Rows are only ever added, and only while their run is under way.
create table vault.answer (
    ref uuid not null references vault.words on delete cascade,
    dive uuid not null references insight.dive,
    -- SHA-256 of endpoint, model, prompt and codebook: what is asked alike need not be asked again
    asked bytea not null check (length(asked) = 32),
    -- a theme's key, 'other' or 'not_usable'; null: it did not answer
    theme text,
    primary key (ref, dive)
);

-- Keep what a model answered for a run; comments erased meanwhile keep nothing, and what stands is never replaced.
create function vault.put_answers(p_dive uuid, p_asked bytea, p_refs uuid[], p_themes text[]) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with held as (
        select w.ref from vault.words w where w.ref = any(p_refs) and w.field = 'details' order by w.ref for key share
    )
    insert into vault.answer (ref, dive, asked, theme)
    select h.ref, d.key, p_asked, g.theme
    from unnest(p_refs, p_themes) as g(ref, theme) join held h on h.ref = g.ref
    join insight.dive d on d.key = p_dive and d.coder is not null and d.state in ('reading', 'coding')
    on conflict (ref, dive) do nothing
$$;

-- What was answered for some comments when they were asked about alike: for one run, or (null) for whichever answered last.
create function vault.answers_known(p_asked bytea, p_refs uuid[], p_dive uuid) returns table (ref uuid, theme text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select distinct on (a.ref) a.ref, a.theme from vault.answer a join insight.dive d on d.key = a.dive
    where a.ref = any(p_refs) and a.asked = p_asked and a.theme is not null and (p_dive is null or a.dive = p_dive)
    order by a.ref, d.asked_at desc, d.key desc
$$;
