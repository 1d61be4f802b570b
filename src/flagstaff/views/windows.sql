-- name: running
-- List what runs out by itself, the soonest first: decisions that wait to leave, holds, measures, claims, waits.
select r.what, r.about, r.until, r.number from (
    (select 'decision' as what, d.verdict as about, d.not_before as until, c.number
     from decisions.decision d join cases.case c on c.key = d."case"
     where d.state = 'decided' and d.platform = $1 and d.not_before > $2 order by d.not_before limit $3)
    union all
    (select 'hold', coalesce(h.clause, ''), h.ends_at, c.number
     from decisions.hold h join cases.case c on c.key = h."case"
     where h.state = 'running' and h.platform = $1 and h.ends_at > $2 order by h.ends_at limit $3)
    union all
    (select 'measure', m.kind, m.ends_at, c.number
     from decisions.measure m join decisions.decision d on d.key = m.decision join cases.case c on c.key = d."case"
     where m.state = 'running' and m.platform = $1 and m.ends_at > $2 order by m.ends_at limit $3)
    union all
    (select 'claim', '', c.claimed_until, c.number from cases.case c
     where c.state = 'claimed' and c.platform = $1 and c.claimed_until > $2 order by c.claimed_until limit $3)
    union all
    (select c.state, coalesce(c.waiting_note, ''), c.wakes_at, c.number from cases.case c
     where c.state in ('parked', 'asked') and c.platform = $1 and c.wakes_at > $2 order by c.wakes_at limit $3)
    union all
    (select 'appeal', '', a.answer_by, a.number from appeals.appeal a
     where a.state in ('received', 'claimed') and a.platform = $1 and a.answer_by > $2 order by a.answer_by limit $3)
) r order by r.until, r.what, r.number;
