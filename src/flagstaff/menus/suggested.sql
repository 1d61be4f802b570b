-- name: alone
-- Let one suggestion for a menu be placed at a time.
select pg_advisory_xact_lock(hashtext($1::text));

-- name: waiting
-- List what waits for one menu, to be compared with.
select s.suggestion_group, s.sketch from menus.suggestion s
join menus.suggestion_group g on g.key = s.suggestion_group
where g.platform = $1 and g.kind = $2 and g.state = 'open' and s.sketch <> '{}'
order by s.key desc limit 2000;

-- name: put_group
-- Begin a group of suggestions.
insert into menus.suggestion_group (key, number, platform, kind, state, opened_at, due_at)
values ($1, $2, $3, $4, 'open', $5, $6);

-- name: put_suggestion
-- Keep one suggestion in its group.
insert into menus.suggestion (key, number, platform, suggestion_group, joined, resembles, sketch, received_at)
values ($1, $2, $3, $4, $5, $6, $7::bytea[], $8);

-- name: own
-- List some suggestions with the answers of their groups, newest first.
select s.number, g.kind, s.received_at, g.state, g.reason, g.option, g.label, g.ended_at
from menus.suggestion s join menus.suggestion_group g on g.key = s.suggestion_group
where s.key = any($1::uuid[]) order by s.received_at desc, s.key desc;

-- name: hold_group
-- Show one group, locked.
select key, number, platform, kind, state, opened_at, due_at, reason, option, label, draft, into_group, ended_by, ended_at
from menus.suggestion_group where number = $1 for no key update;

-- name: find_group
-- Show one group.
select key, number, platform, kind, state, opened_at, due_at, reason, option, label, draft, into_group, ended_by, ended_at
from menus.suggestion_group where number = $1;

-- name: members
-- List the suggestions of a group, first to last.
select key, number, suggestion_group, joined, resembles, received_at from menus.suggestion
where suggestion_group = $1 order by received_at, key;

-- name: move_suggestions
-- Put suggestions into another group.
update menus.suggestion set suggestion_group = $2, joined = $3, resembles = 1 where key = any($1::uuid[]);

-- name: end_group
-- Store how a group ended.
update menus.suggestion_group
set state = $2, reason = $3, option = $4, label = $5, draft = $6, into_group = $7, ended_by = $8, ended_at = $9
where key = $1;

-- name: late
-- List the groups past their day whose owner was not alerted yet, locked.
select key, number, platform from menus.suggestion_group
where state = 'open' and alerted_at is null and due_at <= $1 order by due_at, key limit 100 for no key update skip locked;

-- name: note_alert
-- Note that an owner was alerted.
update menus.suggestion_group set alerted_at = $2 where key = any($1::uuid[]);

-- name: next_late
-- When will the next group have waited past its day?
select min(due_at) from menus.suggestion_group where state = 'open' and alerted_at is null;

-- name: blank
-- Empty what the suggestions of an erased person are compared by.
update menus.suggestion set sketch = '{}' where key = any($1::uuid[]) returning key;
