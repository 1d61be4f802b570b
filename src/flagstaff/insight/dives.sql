-- name: put_dive
-- Ask for a run; a worker takes it up.
insert into insight.dive (key, number, platform, selection, lines, labels, reviewer, follows, asked_by, asked_at, coder)
values ($1, $2, $3, $4::jsonb, $5::jsonb, $6::jsonb, $7, $8, $9, $10, $11::jsonb);

-- name: find_dive
-- Find a run by its number.
select d.key, d.number, d.platform, d.selection as selection_form, d.lines, d.reviewer, d.state, d.stage, d.done, d.total,
       f.number as follows, d.asked_by, d.asked_at, d.ended_at, d.failure, d.result, d.digest, d.proposed as proposal_forms, d.unsure,
       d.coder as coder_form, d.outcome as outcome_form
from insight.dive d left join insight.dive f on f.key = d.follows where d.number = $1;

-- name: newest_ready
-- Find the newest run of a platform that is ready.
select d.key, d.number, d.platform, d.selection as selection_form, d.lines, d.reviewer, d.state, d.stage, d.done, d.total,
       f.number as follows, d.asked_by, d.asked_at, d.ended_at, d.failure, d.result, d.digest, d.proposed as proposal_forms, d.unsure,
       d.coder as coder_form, d.outcome as outcome_form
from insight.dive d left join insight.dive f on f.key = d.follows
where d.platform = $1 and d.state = 'ready' order by d.asked_at desc, d.key desc limit 1;

-- name: list_dives
-- List the runs of a platform, the newest first, without what they found.
select number, selection as selection_form, state, stage, done, total, asked_by, asked_at, ended_at, failure,
       jsonb_array_length(lines)::integer as lines, jsonb_array_length(labels)::integer as labels
from insight.dive where platform = $1 order by asked_at desc, key desc limit $2;

-- name: under_way
-- Count the runs of a platform that are asked for and not over.
select count(*)::integer from insight.dive where platform = $1 and state in ('asked', 'reading', 'coding');

-- name: wait_in_line
-- Let claims of several workers come one after another, until the transaction ends.
select pg_advisory_xact_lock(hashtext('insight.dive'));

-- name: claim
-- Take the run that waits longest, or that its worker fell silent over, unless another one is at work.
update insight.dive d set state = 'reading', stage = 'read', done = 0, total = 0, held_by = $1, held_until = $3,
    attempts = attempts + 1
where d.key = (
    select key from insight.dive
    where state in ('asked', 'reading', 'coding') and (held_until is null or held_until < $2)
      and not exists (select from insight.dive o where o.state in ('reading', 'coding') and o.held_until >= $2)
    order by asked_at, key limit 1
)
returning key, number, platform, selection as selection_form, lines, labels as label_forms, asked_by, attempts::integer,
    coder as coder_form;

-- name: keep_on
-- Say how far a run came, and stay the one that has it; nothing is touched where it was cancelled or taken over.
update insight.dive set state = $3, stage = $4, done = $5, total = $6, held_until = $7
where key = $1 and held_by = $2 and state in ('reading', 'coding');

-- name: is_held
-- Tell whether a run is still one worker's.
select coalesce(held_by = $2 and state in ('reading', 'coding'), false) from insight.dive where key = $1;

-- name: let_go
-- Give a run back, so that another worker may begin it anew at once; it does not count as a try.
update insight.dive set held_until = null, held_by = null, attempts = attempts - 1
where key = $1 and held_by = $2 and state in ('reading', 'coding');

-- name: put_outcome
-- Say what came of asking the model that was chosen to code too.
update insight.dive set outcome = $3::jsonb where key = $1 and held_by = $2 and state in ('reading', 'coding');

-- name: finish
-- Keep what a run found.
update insight.dive set state = 'ready', stage = '', ended_at = $3, result = $4, digest = $5, proposed = $6::jsonb, unsure = $7::uuid[],
    held_until = null, held_by = null
where key = $1 and held_by = $2 and state = 'coding';

-- name: fail
-- Say why a run ended without a table.
update insight.dive set state = 'failed', stage = '', ended_at = $3, failure = $4, held_until = null, held_by = null
where key = $1 and held_by = $2 and state in ('reading', 'coding');

-- name: cancel
-- End a run that is not over; its worker sees it within a second.
update insight.dive set state = 'cancelled', ended_at = $2 where number = $1 and state in ('asked', 'reading', 'coding');

-- name: put_rows
-- Keep what a run says of each comment.
insert into insight.dive_row (dive, flag, kind, language, month, place, theme, probability, second)
select $1, r.flag, r.kind, r.language, r.month, r.place, r.theme, r.probability, r.second
from unnest($2::uuid[], $3::text[], $4::text[], $5::date[], $6::bytea[], $7::text[], $8::real[], $9::text[])
    as r(flag, kind, language, month, place, theme, probability, second);

-- name: labels_given
-- Read the labels that a run was given when it was asked for.
select labels from insight.dive where key = $1;

-- name: rows_of
-- List rows of a run in the order of their turns, from a turn on.
select flag, kind, language, month, place, theme, probability, second
from insight.dive_row where dive = $1 and place > $2 order by place, flag limit $3;

-- name: some_rows
-- Find some rows of a run.
select flag, kind, language, month, place, theme, probability, second
from insight.dive_row where dive = $1 and flag = any($2::uuid[]) order by place, flag;

-- name: flags_of_theme
-- Draw comments of one theme and kind out of a run, in the order of the audit.
select flag from insight.dive_row where dive = $1 and theme = $2 and kind = $3 order by place, flag limit $4;

-- name: put_seed
-- Fix the order of a platform's audits, once and for all.
insert into insight.audit_order (platform, seed) values ($1, $2) on conflict (platform) do nothing;

-- name: seed_of
-- Read what the order of a platform's audits follows from.
select seed from insight.audit_order where platform = $1;
