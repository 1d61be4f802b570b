-- name: appeals
-- List appeals by their last day, those that wait or are in hand first.
select p.number, p.platform, p.state, p.received_at, p.answer_by, p.claimed_until, p.answered_at, p.not_before, p.left_at,
       r.name as reviewer, p.reviewer = $9::uuid as mine, c.number as "case", c.severity, c.surface, c.part, c.board,
       c.community_group, c.thread, s.kind, d.number as decision, d.verdict, coalesce(d.clauses, array_remove(array[h.clause], null)) as clauses,
       h.number as hold, h.basis, h.starts_at as held_at,
       coalesce(d.decided_by = $9 or exists (select 1 from decisions.second e where e.decision = d.key and e.answered_by = $9),
                h.placed_by = $9, false) as took_part,
       (select array_agg(distinct v.voice order by v.voice) from appeals.voice v where v.appeal = p.key) as voices
from appeals.appeal p
join cases.case c on c.key = p."case"
left join decisions.decision d on d.key = p.decision
left join decisions.hold h on h.key = p.hold
join subjects.subject s on s.key = c.subject
left join subjects.author a on a.key = s.author
left join staff.account r on r.key = p.reviewer
where c.platform = any($1::text[])
  and ($2::boolean or (not c.staff_only and c.surface = 'community' and (
      c.part = any($3::text[]) or c.board = any($4::text[]) or c.community_group = any($5::text[]))))
  and ($6::boolean or not c.restricted)
  and ($8::bytea is null or a.staff_hash is null or a.platform <> $7 or a.staff_hash <> $8)
  and p.state = any($10::text[]) and ($11 = '' or p.number = $11)
order by p.state in ('received', 'claimed') desc, p.answer_by, p.number limit $12;

-- name: seconds
-- List decisions of which something waits for a second person, the longest waiting first.
select d.number, d.platform, e.asked_at, e.asked_by = $9::uuid as mine, w.name as asked_by, c.number as "case", c.severity,
       c.surface, c.part, c.board, c.community_group, c.thread, s.kind, d.verdict, d.clauses, d.reason,
       array(select m.kind from decisions.measure m where m.decision = d.key and m.state = 'awaiting_second' order by m.key) as measures
from decisions.second e
join decisions.decision d on d.key = e.decision
join cases.case c on c.key = d."case"
join subjects.subject s on s.key = c.subject
left join subjects.author a on a.key = s.author
left join staff.account w on w.key = e.asked_by
where e.state = 'waiting' and c.platform = any($1::text[])
  and ($2::boolean or (not c.staff_only and c.surface = 'community' and (
      c.part = any($3::text[]) or c.board = any($4::text[]) or c.community_group = any($5::text[]))))
  and ($6::boolean or not c.restricted)
  and ($8::bytea is null or a.staff_hash is null or a.platform <> $7 or a.staff_hash <> $8)
order by e.asked_at, d.number limit $10;

-- name: flags_seen
-- Say in which case some flags lie and which letter their reporter has there; what does not exist for the asker is left out.
select f.key as flag, f.label, c.number as "case", c.platform, c.severity, c.surface, c.part, c.board, c.community_group, c.thread,
       s.kind, (select r.letter from flags.lettered r where r."case" = f."case" and r.key = f.key) as letter
from flags.listed f
join cases.case c on c.key = f."case"
join subjects.subject s on s.key = c.subject
left join subjects.author a on a.key = s.author
where f.key = any($9::uuid[]) and c.platform = any($1::text[])
  and ($2::boolean or (not c.staff_only and c.surface = 'community' and (
      c.part = any($3::text[]) or c.board = any($4::text[]) or c.community_group = any($5::text[]))))
  and ($6::boolean or not c.restricted)
  and ($8::bytea is null or a.staff_hash is null or a.platform <> $7 or a.staff_hash <> $8);

-- name: decided
-- List decisions, the newest first, before a moment.
select d.number, d.platform, d.verdict, d.clauses, d.state, d.decided_at, d.not_before, d.effective_at,
       coalesce(w.name, case when d.legacy then 'before Flagstaff' end) as decided_by,
       d.deviation_code, c.number as "case", c.severity, c.surface, c.part, c.board, c.community_group, c.thread, s.kind,
       array(select m.kind from decisions.measure m where m.decision = d.key order by m.key) as measures
from decisions.decision d
join cases.case c on c.key = d."case"
join subjects.subject s on s.key = d.subject
left join subjects.author a on a.key = s.author
left join staff.account w on w.key = d.decided_by
where d.platform = any($1::text[])
  and ($2::boolean or (not c.staff_only and c.surface = 'community' and (
      c.part = any($3::text[]) or c.board = any($4::text[]) or c.community_group = any($5::text[]))))
  and ($6::boolean or not c.restricted)
  and ($8::bytea is null or a.staff_hash is null or a.platform <> $7 or a.staff_hash <> $8)
  and d.decided_at < $9::timestamptz and ($10 = '' or d.clauses[1] = $10) and ($11 = '' or d.verdict = $11)
  and ($12::uuid is null or d.decided_by = $12)
order by d.decided_at desc, d.number limit $13;

-- name: todos
-- List effects that a platform cannot carry out and that nobody has seen to yet, the oldest first.
select t.key, t.platform, t.what, t.made_at, m.number as measure, m.kind, m.scope, c.number as "case", s.kind as subject_kind,
       s.outside_id as subject_id, a.person as author
from delivery.todo t
join decisions.measure m on m.key = t.measure
join decisions.decision d on d.key = m.decision
join cases.case c on c.key = d."case"
join subjects.subject s on s.key = c.subject
left join subjects.author a on a.key = s.author
where t.done_at is null and c.platform = any($1::text[])
  and ($2::boolean or (not c.staff_only and c.surface = 'community' and (
      c.part = any($3::text[]) or c.board = any($4::text[]) or c.community_group = any($5::text[]))))
  and ($6::boolean or not c.restricted)
  and ($8::bytea is null or a.staff_hash is null or a.platform <> $7 or a.staff_hash <> $8)
order by t.made_at, t.key limit $9;
