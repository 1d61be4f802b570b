-- name: case_seen
-- Show a case by its number, if it exists for this account.
select c.key, c.number, c.platform, c.subject, c.state, c.origin, c.severity, c.surface, c.part, c.board, c.community_group, c.thread,
       c.staff_only, c.restricted, c.not_for, c.priority_reason, c.flags_counted, c.front,
       date_trunc('hour', c.opened_at) as opened_at, date_trunc('hour', c.due_at) as due_at,
       c.claimed_by, w.name as claimed_by_name, c.claimed_until, c.wakes_at, c.waiting_note, c.verdict, c.decided_by, c.revision,
       n.number as names_case
from cases.case c
left join staff.account w on w.key = c.claimed_by
left join cases.case n on n.key = c.names_case
where c.number = $9 and c.platform = any($1::text[])
  and ($2::boolean or (not c.staff_only and c.surface = 'community' and (
      c.part = any($3::text[]) or c.board = any($4::text[]) or c.community_group = any($5::text[]))))
  and ($6::boolean or not c.restricted)
  and ($8::bytea is null or not exists (select 1 from subjects.subject s join subjects.author a on a.key = s.author
       where s.key = c.subject and a.platform = $7 and a.staff_hash = $8));

-- name: copies
-- List the newest copies of a subject, and how many flags of a case saw each; the day on which one was taken, for a flag took it.
select n.key, n.number, n.title, n.words, n.link, n.language, n.posted_at, n.edited_at, n.audience, n.reference_only,
       n.emptied_at is not null as emptied, n.taken_at::date as taken_on,
       (select count(*)::integer from flags.listed f where f."case" = $2 and f.snapshot = n.key) as flags
from subjects.snapshot n
where n.subject = $1 order by n.number desc limit 20;

-- name: flags_on_case
-- List the flags of a case by the letter of their reporter, each with the newest option that its words were found to point to.
select key, letter, snapshot, option, reason, option_kind, clauses, menu_version, language, label, severity, reliability, state,
       legacy, day,
       (select i.label from flags.inferred i where i.flag = key and i.option is not null order by i.menu_version desc limit 1)
           as inferred
from flags.lettered where "case" = $1 order by letter limit 500;

-- name: addenda_on_case
-- List what reporters added to their flags of a case.
select a.key, a.flag, a.option, a.reason, a.clauses, a.language, a.label, a.severity, a.received_at::date as day
from flags.addendum a join flags.listed f on f.key = a.flag
where f."case" = $1 order by a.flag, a.key limit 500;

-- name: history
-- List the steps of a case; what a reporter set off carries the day, and is counted where it repeats.
select date_trunc(case when s.actor = 'reporter' then 'day' else 'microseconds' end, s.at) as at, s.arrow, s.to_state, s.reason,
       s.actor = 'reporter' as by_reporter, coalesce(w.name, s.actor) as who, count(*)::integer as times
from cases.step s left join staff.account w on w.key::text = s.actor
where s."case" = $1
group by 1, s.arrow, s.to_state, s.reason, s.actor, w.name
order by 1, by_reporter desc, (array_agg(s.key order by s.key))[1] limit 200;

-- name: related
-- List earlier and linked cases of a subject, as far as they exist for this account.
select c.number, c.state, c.verdict, c.severity, c.opened_at::date as opened_on, coalesce(l.why, 'the same subject') as why
from (
    select near.key, max(near.why) as why from (
        select key, null::text as why from cases.case where subject = $9
        union all select other, why from cases.link where "case" = $10
        union all select "case", why from cases.link where other = $10
    ) near group by near.key
) l
join cases.case c on c.key = l.key
where c.key <> $10 and c.platform = any($1::text[])
  and ($2::boolean or (not c.staff_only and c.surface = 'community' and (
      c.part = any($3::text[]) or c.board = any($4::text[]) or c.community_group = any($5::text[]))))
  and ($6::boolean or not c.restricted)
  and ($8::bytea is null or not exists (select 1 from subjects.subject s join subjects.author a on a.key = s.author
       where s.key = c.subject and a.platform = $7 and a.staff_hash = $8))
order by c.opened_at desc limit 20;

-- name: decisions_about
-- List the decisions on a case and the earlier ones about its author that are in force, as far as they exist for this account.
select d.key, d.number, c.number as "case", d."case" = $9::uuid as here, d.verdict, d.clauses, d.ladder, d.severity, d.guidelines_version,
       d.reason, d.facts, d.deviation_code, d.deviation_reason, d.state, d.decided_by,
       coalesce(w.name, case when d.legacy then 'Somebody before Flagstaff' end) as decided_by_name, d.decided_at,
       d.not_before, d.effective_at, d.reversed_at, d.reversal_reason, d.snapshot, d.as_it_stands, s.kind,
       e.state as second_state, e.reason as second_reason, v.name as second_by, coalesce(e.alone, false) as alone,
       p.number as appeal, p.state as appeal_state
from decisions.decision d
join cases.case c on c.key = d."case"
join subjects.subject s on s.key = d.subject
left join subjects.author a on a.key = s.author
left join staff.account w on w.key = d.decided_by
left join lateral (select state, reason, answered_by, alone from decisions.second where decision = d.key
                   order by asked_at desc, key desc limit 1) e on true
left join staff.account v on v.key = e.answered_by
left join appeals.appeal p on p.decision = d.key
where (d."case" = $9::uuid or (d.author = $10 and d.state = 'effective')) and d.platform = any($1::text[])
  and ($2::boolean or (not c.staff_only and c.surface = 'community' and (
      c.part = any($3::text[]) or c.board = any($4::text[]) or c.community_group = any($5::text[]))))
  and ($6::boolean or not c.restricted)
  and ($8::bytea is null or a.staff_hash is null or a.platform <> $7 or a.staff_hash <> $8)
order by d."case" = $9 desc, d.decided_at desc limit 40;

-- name: measures_of
-- List the measures of some decisions.
select decision, number, kind, scope, effect, state, days, starts_at, ends_at
from decisions.measure where decision = any($1::uuid[]) order by key;

-- name: holds
-- List the holds on a subject in a case.
select h.number, h.origin, h.basis, h.clause, h.state, h.starts_at, h.ends_at, h.ended_at
from decisions.hold h where h."case" = $1 or (h.subject = $2 and h.state = 'running') order by h.starts_at desc limit 10;

-- name: precedents
-- List the newest decisions in force that were led by one of some clauses, on other subjects of the kind, as far as they exist here.
select d.number, c.number as "case", d.clauses, d.reason, d.decided_at, c.community_group, c.board,
       array(select m.kind from decisions.measure m where m.decision = d.key and m.state not in ('refused', 'undone') order by m.key) as measures
from unnest($9::text[]) as k(clause)
cross join lateral (
    select d.key, d.number, d."case", d.subject, d.clauses, d.reason, d.decided_at from decisions.decision d
    where d.platform = $10 and d.clauses[1] = k.clause and d.state = 'effective' and not d.legacy and d."case" <> $11::uuid
    order by d.decided_at desc limit 12
) d
join cases.case c on c.key = d."case"
join subjects.subject s on s.key = d.subject and s.kind = $12
left join subjects.author a on a.key = s.author
where d."case" <> $11 and c.platform = any($1::text[])
  and ($2::boolean or (not c.staff_only and c.surface = 'community' and (
      c.part = any($3::text[]) or c.board = any($4::text[]) or c.community_group = any($5::text[]))))
  and ($6::boolean or not c.restricted)
  and ($8::bytea is null or a.staff_hash is null or a.platform <> $7 or a.staff_hash <> $8)
order by d.decided_at desc, d.number limit 6;

-- name: find_subject
-- Find a subject's case that stands, and the latest one, by the platform's name for it.
select s.key, s.kind, s.outside_id, (select c.number from cases.case c where c.subject = s.key order by c.opened_at desc limit 1) as "case"
from subjects.subject s where s.platform = $1 and s.kind = $2 and s.outside_id = $3;

-- name: find_subjects
-- Find several subjects, each with its latest case, by the platform's names for them; what is not there is left out.
select s.key, s.kind, s.outside_id, (select c.number from cases.case c where c.subject = s.key order by c.opened_at desc limit 1) as "case"
from unnest($2::text[], $3::text[]) as g(kind, outside_id)
join subjects.subject s on s.platform = $1 and s.kind = g.kind and s.outside_id = g.outside_id;

-- name: owners
-- Name who wrote what in a case: each flag and addendum by its reporter's letter, each voice of an appeal by its side.
select f.key, f.letter, '' as voice from flags.lettered f where f."case" = $1
union all
select a.key, f.letter, '' from flags.addendum a join flags.lettered f on f.key = a.flag where f."case" = $1
union all
select v.key, 0, v.voice from appeals.voice v join appeals.appeal p on p.key = v.appeal where p."case" = $1;

-- name: flag_numbered
-- Find the number of the flag behind a reporter's letter, so that a question can reach them; it is never shown.
select f.number from flags.lettered r join flags.listed f on f.key = r.key where r."case" = $1 and r.letter = $2;
