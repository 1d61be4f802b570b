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

-- name: lock_numbers
-- Let one publication of menus at a time take the next number of a platform.
select pg_advisory_xact_lock(hashtext('menus.version ' || $1::text));

-- name: newest_number
-- Return the number of the newest published version of a platform.
select max(number) from menus.version where platform = $1;

-- name: put_draft
-- Begin a draft.
insert into menus.draft (key, platform, base, document, author, made_at, changed_at)
values ($1, $2, $3, $4::jsonb, $5, $6, $6);

-- name: draft
-- Find a draft.
select key, platform, base, document, revision, state, author, made_at, changed_at, proposal, published
from menus.draft where key = $1;

-- name: hold_draft
-- Find a draft and hold it, so that changes come one after the other.
select key, platform, base, document, revision, state, author, made_at, changed_at, proposal, published
from menus.draft where key = $1 for update;

-- name: draft_behind
-- Find the draft that a proposal came from, and hold it.
select key, platform, base, document, revision, state, author, made_at, changed_at, proposal, published
from menus.draft where proposal = $1 for update;

-- name: draft_of_version
-- Find the draft that became a version.
select key, platform, base, document, revision, state, author, made_at, changed_at, proposal, published
from menus.draft where platform = $1 and published = $2 order by changed_at desc limit 1;

-- name: change_draft
-- Store what a draft says now.
update menus.draft set base = $2, document = $3::jsonb, revision = revision + 1, changed_at = $4 where key = $1;

-- name: move_draft
-- Store how far a draft has come.
update menus.draft set state = $2, proposal = $3, published = $4, revision = revision + 1, changed_at = $5 where key = $1;

-- name: put_owner
-- Record who answers for a version from now on.
insert into menus.ownership (platform, version, account, handed_by, at) values ($1, $2, $3, $4, $5);

-- name: answerable
-- Read who answers for each version of a platform.
select version, name, has_left, at from menus.answerable where platform = $1 order by version;

-- name: count_reaction
-- Count what a reader says of a release note.
insert into menus.reaction (platform, version, day, clear, count) values ($1, $2, $3, $4, 1)
on conflict (platform, version, day, clear) do update set count = menus.reaction.count + 1;

-- name: open_comments
-- Give the comments on a version their key, where they have none yet.
insert into menus.commenting (platform, version, key) values ($1, $2, $3) on conflict do nothing;

-- name: comments_key
-- Return the key under which the comments on a version lie in the vault.
select key from menus.commenting where platform = $1 and version = $2;
