-- name: list_drafts
-- List the drafts of some platforms, those that are open or wait first, each with who wrote it.
select d.key, d.platform, d.base, d.document ->> 'title' as title, jsonb_array_length(d.document -> 'operations') as operations,
       d.state, d.author, a.name as author_name, d.changed_at, d.published,
       array(select distinct o -> 'pinned' ->> 'dive' from jsonb_array_elements(d.document -> 'operations') o
             where o -> 'pinned' ->> 'dive' is not null) as dives
from menus.draft d
left join staff.account a on a.key = d.author
where d.platform = any($1::text[])
order by (d.state in ('open', 'proposed')) desc, d.changed_at desc limit $2;

-- name: answer_of
-- Read how a proposal ended, and by whom.
select p.state, p.note, p.author, a.name as author_name, p.made_at, b.name as answered_by, p.answer, p.answered_at
from guidelines.proposal p
left join staff.account a on a.key = p.author
left join staff.account b on b.key = p.answered_by
where p.key = $1;

-- name: names_of
-- Name accounts; one that left is still named.
select key, name, state from staff.account order by name;

-- name: owners_of
-- Read who answers for each version of a platform's menus: the newest entry of each.
select distinct on (o.version) o.version, o.account, a.name, a.state, o.at
from menus.ownership o
left join staff.account a on a.key = o.account
where o.platform = $1
order by o.version, o.at desc;

-- name: reactions_of
-- Count what readers said of the note of one version, where enough of them did.
select coalesce(sum(count) filter (where clear), 0)::integer as clear,
       coalesce(sum(count) filter (where not clear), 0)::integer as unclear
from menus.reaction where platform = $1 and version = $2
having sum(count) >= $3;

-- name: flags_by_option
-- Count the flags of a platform since a day by the option that their reporters chose: those that count, as figures do.
select option, count(*)::integer as flags from flags.listed
where platform = $1 and day >= $2 and state in ('live', 'answered') group by option;
