-- name: rules_named
-- Count the decisions in force of a time by the rules that they name.
select clauses, count(*)::integer as decisions from decisions.decision
where platform = $1 and state = 'effective' and verdict = 'violation' and not legacy
  and decided_at >= $2 and decided_at < $3
group by clauses;

-- name: rules_replaced
-- Count the cases whose first rules did not stand: a second person, an undoing or an appeal led to others.
select o.clauses as before, n.clauses as after, count(*)::integer as decisions
from decisions.decision o
join decisions.decision n on n."case" = o."case" and n.state = 'effective' and n.verdict = 'violation'
    and n.decided_at > o.decided_at
where o.platform = $1 and o.verdict = 'violation' and o.state in ('reversed', 'refused', 'undone', 'handed_back')
  and not o.legacy and o.decided_at >= $2 and o.decided_at < $3 and o.clauses <> n.clauses
group by 1, 2;

-- name: reasons_of_discretion
-- List the reasons of decisions under rules of discretion, the newest first, as they exist for somebody.
select d.number as decision, c.number as "case", (d.decided_at at time zone $11)::date as day,
       (select one from unnest(d.clauses) with ordinality as named(one, place) where one = any($9::text[]) order by place limit 1)
           as clause,
       s.kind, d.reason as words
from decisions.decision d
join cases.case c on c.key = d."case"
join subjects.subject s on s.key = d.subject
left join subjects.author a on a.key = s.author
where d.platform = any($1::text[])
  and ($2::boolean or (not c.staff_only and c.surface = 'community' and (
      c.part = any($3::text[]) or c.board = any($4::text[]) or c.community_group = any($5::text[]))))
  and ($6::boolean or not c.restricted)
  and ($8::bytea is null or a.staff_hash is null or a.platform <> $7 or a.staff_hash <> $8)
  and d.verdict = 'violation' and d.state in ('decided', 'effective') and not d.legacy
  and d.clauses && $9::text[] and d.decided_at >= $10
order by d.decided_at desc, d.number limit $12;
