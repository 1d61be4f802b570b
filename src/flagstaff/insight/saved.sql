-- name: put_saved
-- Keep a query with what it found.
insert into insight.saved (key, number, platform, query, found, says, told, as_of, code, made_by, made_at)
values ($1, $2, $3, $4::jsonb, $5::jsonb, $6, $7, $8, $9, $10, $11);

-- name: find_saved
-- Find a saved query by its number, with the version that tells it to readers.
select s.key, s.number, s.platform, s.query as query_form, s.found, s.says, s.told, s.as_of, s.code, s.made_by, s.made_at, p.version
from insight.saved s left join insight.published_figure p on p.saved = s.key where s.number = $1;

-- name: publish_figure
-- Let readers see a figure of a version; what is told stays as it is.
insert into insight.published_figure (saved, platform, version, part, published_at)
select key, platform, $2, $3, $4 from insight.saved where number = $1
on conflict do nothing;

-- name: public_figure
-- Find a figure that readers are told.
select number, platform, query as query_form, found, says, told, as_of, code, version, part, published_at
from insight.public_figure where platform = $1 and number = $2;

-- name: effects
-- List what readers are told of the effect of each version.
select number, platform, query as query_form, found, says, told, as_of, code, version, part, published_at
from insight.public_figure where platform = $1 and part <> 'figure' order by version, part;
