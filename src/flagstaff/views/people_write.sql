-- name: suggestions
-- List suggestions of some platforms: what waits first, the longest first, then what was answered latest.
select g.key, g.number, g.platform, g.kind, g.state, g.opened_at, g.due_at, g.alerted_at, g.reason, g.option, g.label, g.draft,
       i.number as into_number, a.name as ended_by, g.ended_at,
       (select array_agg(s.key order by s.key) from menus.suggestion s where s.suggestion_group = g.key) as members
from menus.suggestion_group g
left join menus.suggestion_group i on i.key = g.into_group
left join staff.account a on a.key = g.ended_by
where g.platform = any($1::text[]) and (g.state = 'open') = $2
order by case when g.state = 'open' then g.due_at end, g.ended_at desc, g.key limit $3;

-- name: suggestion
-- Show one group of suggestions.
select g.key, g.number, g.platform, g.kind, g.state, g.opened_at, g.due_at, g.alerted_at, g.reason, g.option, g.label, g.draft,
       i.number as into_number, a.name as ended_by, g.ended_at,
       (select array_agg(s.key order by s.key) from menus.suggestion s where s.suggestion_group = g.key) as members
from menus.suggestion_group g
left join menus.suggestion_group i on i.key = g.into_group
left join staff.account a on a.key = g.ended_by
where g.platform = any($1::text[]) and g.number = $2;

-- name: joined
-- Say how each suggestion of a group came to stand there.
select key, joined, resembles from menus.suggestion where suggestion_group = $1 order by key;

-- name: threads
-- List threads of letters of some platforms: those that wait first, the longest first, then the latest others.
select t.number, t.platform, t.state, t.known, t.opened_at, t.due_at, t.changed_at,
       (select count(*)::integer from contact.letter l where l.thread = t.key) as letters
from contact.thread t
where t.platform = any($1::text[])
order by (t.state = 'open') desc, t.due_at, t.changed_at desc limit $2;

-- name: overdue
-- Count what waits past its day: suggestions by platform with who answers for the live menus, and letters.
select g.platform, count(*)::integer as suggestions, 0 as letters,
       (select o.account from menus.ownership o where o.platform = g.platform order by o.version desc, o.at desc limit 1) as owner
from menus.suggestion_group g
where g.state = 'open' and g.due_at <= $2 and g.platform = any($1::text[]) group by g.platform
union all
select t.platform, 0, count(*)::integer, null
from contact.thread t
where t.state = 'open' and t.due_at <= $2 and t.platform = any($1::text[]) group by t.platform;

-- name: owner_of
-- Name who answers for the newest menus of a platform that anybody answers for.
select a.name from menus.ownership o join staff.account a on a.key = o.account
where o.platform = $1 order by o.version desc, o.at desc limit 1;
