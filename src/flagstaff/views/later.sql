-- name: later
-- List decisions in effect whose step counted one that was reversed afterwards, unless somebody looked and let them stand.
select d.number, d.platform, c.number as "case", c.severity, c.surface, c.part, c.board, c.community_group, c.thread, s.kind,
       d.clauses, d.ladder, d.decided_at, w.name as decided_by, r.number as reversed, r.reversed_at,
       array(select m.kind from decisions.measure m where m.decision = d.key and m.state in ('running', 'ended') order by m.key)
           as measures
from decisions.decision r
join decisions.decision d on d.author = r.author and d.ladder = r.ladder and d.state = 'effective' and d.verdict = 'violation'
    and d.decided_at between r.effective_at and least(r.reversed_at, r.effective_at + make_interval(days => $9::integer))
join cases.case c on c.key = d."case"
join subjects.subject s on s.key = c.subject
left join subjects.author a on a.key = s.author
left join staff.account w on w.key = d.decided_by
where r.state = 'reversed' and r.verdict = 'violation' and c.platform = any($1::text[])
  and ($2::boolean or (not c.staff_only and c.surface = 'community' and (
      c.part = any($3::text[]) or c.board = any($4::text[]) or c.community_group = any($5::text[]))))
  and ($6::boolean or not c.restricted)
  and ($8::bytea is null or a.staff_hash is null or a.platform <> $7 or a.staff_hash <> $8)
  and exists (select 1 from delivery.notice n where n.decision = r.key and n.audience = 'author' and n.released_at < d.words_at)
  and not exists (select 1 from decisions.let_stand l where l.decision = d.key and l.reversed = r.key)
order by r.reversed_at, d.decided_at, d.number limit $10;
