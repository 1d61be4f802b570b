-- name: void_measures
-- Void what was ordered or runs against content that its author deleted.
update decisions.measure set state = 'void'
where subject = any($1::uuid[]) and scope = 'content' and state in ('awaiting_second', 'waiting', 'running') returning key;

-- name: lift_holds
-- Lift holds on content that its author deleted: nothing is left to hide.
update decisions.hold set state = 'lifted', ended_at = $2
where subject = any($1::uuid[]) and state = 'running' returning key;
