-- name: stop_decisions
-- Stop the clock of decisions that have not taken effect, because a flag brought something that was not judged.
update decisions.decision set state = 'handed_back', reversed_at = $2, reversal_reason = 'a later flag brought something new'
where "case" = any($1::uuid[]) and state = 'decided' returning key;

-- name: stop_measures
-- Undo what such decisions would have applied; what runs already stays until a new decision replaces it.
update decisions.measure set state = 'undone' where decision = any($1::uuid[]) and state in ('awaiting_second', 'waiting')
returning key;

-- name: stop_seconds
-- Nobody is asked to confirm them any more.
update decisions.second set state = 'void' where decision = any($1::uuid[]) and state = 'waiting';
