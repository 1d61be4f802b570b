-- name: flags_of_case
-- List the flags of a case that were not taken back, with what was added to them.
select f.key, f.number, f."case", f.option, f.option_kind, f.reason, f.clauses, f.menu_version, f.language, f.label, f.severity,
       f.state, f.outcome, f.received_at, f.legacy,
       coalesce(array_agg(a.reason order by a.key) filter (where a.key is not null), '{}') as added_reasons,
       coalesce((select array_agg(distinct c) from flags.addendum b, unnest(b.clauses) c where b.flag = f.key), '{}') as added_clauses
from flags.flag f left join flags.addendum a on a.flag = f.key
where f."case" = $1 and f.state <> 'withdrawn'
group by f.key order by f.received_at, f.key;

-- name: flags_of_decision
-- List the flags that have their outcome from a decision, with what was added to them.
select f.key, f.number, f."case", f.option, f.option_kind, f.reason, f.clauses, f.menu_version, f.language, f.label, f.severity,
       f.state, f.outcome, f.received_at, f.legacy,
       coalesce(array_agg(a.reason order by a.key) filter (where a.key is not null), '{}') as added_reasons,
       coalesce((select array_agg(distinct c) from flags.addendum b, unnest(b.clauses) c where b.flag = f.key), '{}') as added_clauses
from flags.flag f left join flags.addendum a on a.flag = f.key
where f.decision = $1 and f.state = 'answered'
group by f.key order by f.received_at, f.key;

-- name: answer_flags
-- Give flags their outcome.
update flags.flag f set state = 'answered', outcome = g.outcome, outcome_reason = g.reason, outcome_from = $4, decision = $5,
    question_until = null, changed_at = $4
from unnest($1::uuid[], $2::text[], $3::text[]) as g(key, outcome, reason)
where f.key = g.key and f.state in ('live', 'kept');

-- name: correct_flags
-- Change the outcome of flags that had one.
update flags.flag f set outcome = g.outcome, outcome_reason = g.reason, outcome_from = $4, decision = $5, changed_at = $4
from unnest($1::uuid[], $2::text[], $3::text[]) as g(key, outcome, reason)
where f.key = g.key and f.state = 'answered';

-- name: question_flag
-- A question to the reporter of a flag is open until then.
update flags.flag set question_until = $2, changed_at = $3 where key = $1 and state in ('live', 'kept');

-- name: end_question
-- A question is answered; another reporter's about the same case stays open, or they would learn that there is one.
update flags.flag set question_until = null, changed_at = $2 where key = $1;

-- name: overdue_questions
-- End the questions whose day has come, and say whose they were.
update flags.flag f set question_until = null, changed_at = $1
from (select key, question_until from flags.flag where question_until <= $1
      order by question_until, key limit $2 for no key update skip locked) d
where f.key = d.key
returning f.key, f.number, f.platform, f.label, f.language, d.question_until as until;

-- name: next_question
-- When does the next question end?
select min(question_until) from flags.flag where question_until is not null;

-- name: flag_of
-- Show one flag, as a second look needs it.
select key, number, "case", label, language, state, outcome, outcome_from, decision from flags.flag where key = $1;

-- name: flag_called
-- Find one flag of a case by its number.
select key, number, "case", label, language, state, outcome, outcome_from, decision from flags.flag where "case" = $1 and number = $2;

-- name: own_flag
-- Find one flag among a person's own by its number, without holding it.
select key, number, "case", label, language, state, outcome, outcome_from, decision from flags.flag
where number = $1 and key = any($2::uuid[]);
