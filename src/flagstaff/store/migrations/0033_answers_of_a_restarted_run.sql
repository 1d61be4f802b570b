-- A run that is begun anew asks again about what was not answered. What is answered then is stored too: a table is made of what is
-- stored for its run, and of nothing else. A theme that stands is never replaced.
create or replace function vault.put_answers(p_dive uuid, p_asked bytea, p_refs uuid[], p_themes text[]) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
    with held as (
        select w.ref from vault.words w where w.ref = any(p_refs) and w.field = 'details' order by w.ref for key share
    )
    insert into vault.answer as answer (ref, dive, asked, theme)
    select h.ref, d.key, p_asked, g.theme
    from unnest(p_refs, p_themes) as g(ref, theme) join held h on h.ref = g.ref
    join insight.dive d on d.key = p_dive and d.coder is not null and d.state in ('reading', 'coding')
    on conflict (ref, dive) do update set theme = excluded.theme
    where answer.theme is null and answer.asked = excluded.asked
$$;

-- Where a model was asked about everything, nothing ended it: no word is that, and not a blank one.
update insight.dive set outcome = jsonb_set(outcome, '{ended}', 'null') where outcome ->> 'ended' = '';
