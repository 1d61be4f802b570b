-- name: put_thread
-- Begin a thread.
insert into contact.thread (key, number, platform, state, known, opened_at, due_at, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $6);

-- name: put_letter
-- Add a letter to its thread.
insert into contact.letter (key, thread, written_by, written_at, account, answer) values ($1, $2, $3, $4, $5, $6);

-- name: hold_thread
-- Show one thread, locked.
select key, number, platform, state, known, opened_at, due_at, changed_at from contact.thread where number = $1
for no key update;

-- name: find_thread
-- Show one thread.
select key, number, platform, state, known, opened_at, due_at, changed_at from contact.thread where number = $1;

-- name: threads
-- List some threads, the latest first.
select key, number, platform, state, known, opened_at, due_at, changed_at from contact.thread where key = any($1::uuid[])
order by changed_at desc, key desc;

-- name: letters
-- List the letters of some threads, first to last.
select key, thread, written_by, written_at, account, answer from contact.letter where thread = any($1::uuid[])
order by written_at, key;

-- name: move_thread
-- Store where a thread stands; a wait that goes on stays alerted about, a new one may be alerted about anew.
update contact.thread
set state = $2, due_at = $3, changed_at = $4, alerted_at = case when state = 'open' and $2 = 'open' then alerted_at end
where key = $1;

-- name: unanswered
-- List the threads past their day about which nobody was alerted yet, locked.
select key, number, platform from contact.thread
where state = 'open' and alerted_at is null and due_at <= $1 order by due_at, key limit 100 for no key update skip locked;

-- name: note_alert
-- Note that the team was alerted.
update contact.thread set alerted_at = $2 where key = any($1::uuid[]);

-- name: next_unanswered
-- When will the next thread have waited past its day?
select min(due_at) from contact.thread where state = 'open' and alerted_at is null;

-- name: among
-- Which of these keys are threads?
select key from contact.thread where key = any($1::uuid[]);

-- name: letters_to_erase
-- List the letters that persons wrote in some threads.
select key from contact.letter where thread = any($1::uuid[]) and written_by = 'person';

-- name: blank_answers
-- Empty what the team answered in some threads.
update contact.letter set answer = '' where thread = any($1::uuid[]) and written_by = 'team' returning key;
