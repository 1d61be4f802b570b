-- name: clauses_in_force
-- List the clauses of those decisions that are in effect.
select key, clauses from decisions.decision where key = any($1::uuid[]) and state = 'effective' order by key;
