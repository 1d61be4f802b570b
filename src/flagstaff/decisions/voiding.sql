-- name: void_measures
-- Void what was ordered or runs against content that its author deleted.
update decisions.measure set state = 'void'
where subject = any($1::uuid[]) and scope = 'content' and state in ('awaiting_second', 'waiting', 'running') returning key;
