-- The newest words are redacted first: a million that were imported must not hold up those of a flag just sent.
create or replace function vault.to_redact(p_most integer) returns setof uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select ref from vault.words where redacted is null order by ref desc limit p_most
$$;
