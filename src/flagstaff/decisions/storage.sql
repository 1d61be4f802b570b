-- name: put_decision
-- Keep what a person decided.
insert into decisions.decision
    (key, number, platform, "case", subject, snapshot, as_it_stands, author, verdict, clauses, ladder, severity,
     guidelines_version, words_at, undated, reason, facts, deviation_code, deviation_reason, state, decided_by, decided_at,
     not_before)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23);

-- name: hold_decision
-- Show one decision, locked.
select key, number, platform, "case", subject, snapshot, as_it_stands, author, verdict, clauses, ladder, severity,
       guidelines_version, words_at, undated, reason, facts, state, decided_by, decided_at, not_before, effective_at
from decisions.decision where key = $1 for no key update;

-- name: look_at_decision
-- Show one decision, without holding it.
select key, number, platform, "case", subject, snapshot, as_it_stands, author, verdict, clauses, ladder, severity,
       guidelines_version, words_at, undated, reason, facts, state, decided_by, decided_at, not_before, effective_at
from decisions.decision where key = $1;

-- name: find_decision
-- Show one decision by its outside number.
select key, number, platform, "case", subject, snapshot, as_it_stands, author, verdict, clauses, ladder, severity,
       guidelines_version, words_at, undated, reason, facts, state, decided_by, decided_at, not_before, effective_at
from decisions.decision where number = $1;

-- name: standing_of_case
-- Show the decision of a case that is proposed, decided or in effect, locked.
select key, number, platform, "case", subject, snapshot, as_it_stands, author, verdict, clauses, ladder, severity,
       guidelines_version, words_at, undated, reason, facts, state, decided_by, decided_at, not_before, effective_at
from decisions.decision where "case" = $1 and state in ('proposed', 'decided', 'effective') for no key update;

-- name: due_decisions
-- Name decisions whose moment has come: those decided, and those of which only some measures wait for a second person.
select key, "case", subject
from decisions.decision d
where d.not_before <= $1 and (d.state = 'decided' or (d.state = 'proposed' and exists (
    select 1 from decisions.measure m where m.decision = d.key and m.state = 'waiting')))
order by d.not_before, d.key limit $2;

-- name: next_decision
-- When does the next decision take effect?
select min(not_before) from decisions.decision d
where d.state = 'decided' or (d.state = 'proposed' and exists (
    select 1 from decisions.measure m where m.decision = d.key and m.state = 'waiting'));

-- name: move_decisions
-- Move decisions from one state to another.
update decisions.decision set state = $3, reversed_at = $4, reversal_reason = $5
where key = any($1::uuid[]) and state = $2;

-- name: take_effect
-- A decision is in effect from now on.
update decisions.decision set state = 'effective', effective_at = $2 where key = $1 and state = 'decided';

-- name: confirm
-- A proposed decision is decided, and leaves when it may.
update decisions.decision set state = 'decided', not_before = $2, snapshot = $3 where key = $1 and state = 'proposed';

-- name: put_measures
-- Keep the measures of a decision.
insert into decisions.measure (key, number, platform, decision, kind, scope, ring, effect, subject, author, state, days)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::jsonb[], $8::text[],
                     $9::uuid[], $10::uuid[], $11::text[], $12::integer[]);

-- name: measures_of
-- List the measures of some decisions, locked.
select key, number, platform, decision, kind, scope, ring, effect, subject, author, state, days, starts_at, ends_at
from decisions.measure where decision = any($1::uuid[]) order by key for no key update;

-- name: running_of_case
-- List the measures of other decisions on a case that still run, locked: a new decision replaces them.
select m.key, m.number, m.platform, m.decision, m.kind, m.scope, m.ring, m.effect, m.subject, m.author, m.state, m.days,
       m.starts_at, m.ends_at
from decisions.measure m join decisions.decision d on d.key = m.decision
where d."case" = $1 and d.key <> $2 and m.state = 'running' order by m.key for no key update of m;

-- name: measure_of_case
-- Show a measure of any decision on a case by its number, locked.
select m.key, m.number, m.platform, m.decision, m.kind, m.scope, m.ring, m.effect, m.subject, m.author, m.state, m.days,
       m.starts_at, m.ends_at
from decisions.measure m join decisions.decision d on d.key = m.decision
where d."case" = $1 and m.number = $2 for no key update of m;

-- name: ending_measures
-- Take measures whose own end has come.
select key, number, platform, decision, kind, scope, ring, effect, subject, author, state, days, starts_at, ends_at
from decisions.measure where state = 'running' and ends_at <= $1 order by ends_at, key limit $2
for no key update skip locked;

-- name: measures_by_key
-- Show some measures.
select key, number, platform, decision, kind, scope, ring, effect, subject, author, state, days, starts_at, ends_at
from decisions.measure where key = any($1::uuid[]) order by key;

-- name: numbers_of
-- Return the outside number of each of some decisions.
select key, number from decisions.decision where key = any($1::uuid[]);

-- name: next_end
-- When does the next measure end by itself?
select min(ends_at) from decisions.measure where state = 'running';

-- name: move_measures
-- Move measures to another state.
update decisions.measure set state = $2 where key = any($1::uuid[]);

-- name: start_measure
-- A measure runs from now on.
update decisions.measure set state = 'running', starts_at = $2, ends_at = $3 where key = $1;

-- name: put_measure_steps
-- Append what happened to measures.
insert into decisions.measure_step (key, measure, at, arrow, to_state, actor, reason)
select * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[]);

-- name: draw_revision
-- Draw the next revision of a subject or person; whoever draws it holds it until the transaction ends.
insert into decisions.revision (target, number) values ($1, 1)
on conflict (target) do update set number = decisions.revision.number + 1 returning number;

-- name: put_event
-- Freeze one change of a measure or hold as the platform is told.
insert into decisions.event (key, platform, measure, number, kind, decision, target, on_person, revision, applied, effect,
                             scope, ring, until, at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: events_of
-- List what a subject or person was told to change, in order.
select key, platform, measure, number, kind, decision, target, on_person, revision, applied, effect, scope, ring, until, at
from decisions.event where target = $1 order by revision;

-- name: events_by_key
-- Show some changes as the platform is told.
select e.key, e.platform, e.measure, e.number, e.kind, e.decision, e.target, e.on_person, e.revision, e.applied, e.effect,
       e.scope, e.ring, e.until, e.at, s.kind as subject_kind, s.outside_id as subject_id, a.person
from decisions.event e
left join subjects.subject s on s.key = e.target and not e.on_person
left join subjects.author a on a.key = e.target and e.on_person
where e.key = any($1::uuid[]);

-- name: past_of_author
-- List an author's violations in effect, with when their notice reached the author.
select d.key as decision, d.ladder, d.effective_at, d.words_at, min(n.released_at) as told_at
from decisions.decision d
left join delivery.notice n on n.decision = d.key and n.audience = 'author' and n.released_at is not null
where d.author = $1 and d.state = 'effective' and d.verdict = 'violation' and d.ladder is not null
group by d.key order by d.effective_at, d.key;

-- name: put_second
-- Ask for a second person.
insert into decisions.second (key, decision, asked_by, asked_at, snapshot) values ($1, $2, $3, $4, $5);

-- name: waiting_second
-- Show what a decision waits for, locked.
select key, decision, asked_by, asked_at, snapshot from decisions.second
where decision = $1 and state = 'waiting' for no key update;

-- name: answer_second
-- Note how the second person answered.
update decisions.second set state = $2, answered_by = $3, answered_at = $4, reason = $5, alone = $6
where key = $1 and state = 'waiting';

-- name: void_seconds
-- Nobody need answer any more.
update decisions.second set state = 'void' where decision = any($1::uuid[]) and state = 'waiting';

-- name: took_part
-- Who decided, and who confirmed?
select d.decided_by from decisions.decision d where d.key = $1
union
select s.answered_by from decisions.second s where s.decision = $1 and s.answered_by is not null;

-- name: put_hold
-- Place a hold; a second one on the subject is refused.
insert into decisions.hold (key, number, platform, subject, "case", author, origin, basis, clause, state, starts_at, ends_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'running', $10, $11);

-- name: running_hold
-- Show the hold that runs on a subject, locked.
select key, number, platform, subject, "case", author, origin, basis, clause, state, starts_at, ends_at
from decisions.hold where subject = $1 and state = 'running' for no key update;

-- name: held_before
-- Has a machine held this subject in this case?
select exists (select 1 from decisions.hold where "case" = $1 and origin in ('rule', 'detector'));

-- name: expired_holds
-- Name subjects whose hold is over.
select subject from decisions.hold where state = 'running' and ends_at <= $1 order by ends_at, key limit $2;

-- name: next_hold_end
-- When does the next hold end?
select min(ends_at) from decisions.hold where state = 'running';

-- name: end_hold
-- A hold ends.
update decisions.hold set state = $2, ended_at = $3 where key = $1 and state = 'running';
