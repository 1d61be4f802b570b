-- name: pace
-- How long did decisions take that were made since then and published by then, per kind and severity with enough of them?
select d.platform, s.kind, c.severity, count(*)::integer as decisions,
       percentile_cont(0.5) within group (order by extract(epoch from d.effective_at - c.opened_at))::double precision as median,
       percentile_cont(0.9) within group (order by extract(epoch from d.effective_at - c.opened_at))::double precision as slow
from decisions.decision d
join cases.case c on c.key = d."case"
join subjects.subject s on s.key = d.subject
where d.decided_at >= $1 and d.effective_at <= $2 and c.origin <> 'import'
group by d.platform, s.kind, c.severity having count(*) >= $3;
