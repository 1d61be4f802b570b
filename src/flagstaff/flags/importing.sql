-- name: decided_by_past
-- Tie the flags of imported cases to the verdicts that came in after them.
update flags.flag f set decision = g.decision from unnest($1::uuid[], $2::uuid[]) as g("case", decision)
where f."case" = g."case" and f.legacy and f.decision is null;
