-- name: put_version
-- Publish one menu version; a number is given once.
insert into menus.version
    (platform, number, guidelines_version, document, digest, origin, note, author, approver, alone, published_at)
values ($1, $2, $3, $4::jsonb, $5, $6, $7, $8, $9, $10, $11);

-- name: put_lineage
-- Record along which edges options became others in one version.
insert into menus.lineage (platform, version, edge, from_option, to_option)
select $1, $2, g.* from unnest($3::text[], $4::text[], $5::text[]) as g
on conflict do nothing;

-- name: list_versions
-- List all published versions of all platforms, oldest first.
select platform, number, document, published_at, author, approver, alone from menus.version order by platform, number;

-- name: list_lineage
-- List the edges of one platform's options, oldest first.
select version, edge, from_option, to_option from menus.lineage where platform = $1 order by version, from_option;

-- name: tell_all
-- Tell every process that a version was published.
select pg_notify('versions', $1);
