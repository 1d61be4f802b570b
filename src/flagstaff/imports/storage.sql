-- name: find_run
-- Show how far the import of a file came, once a last commit of somebody who was killed is through.
select key, reached, line, sums, rejects_length, reasons_length, started_at, finished_at from imports.run where key = $1
for no key update;

-- name: begin_run
-- Begin to read a file; one that was read to its end is read anew.
insert into imports.run (key, platform, row_kind, reached, line, sums, rejects_length, reasons_length, started_at)
values ($1, $2, $3, $4, $5, '{}'::jsonb, 0, 0, $6)
on conflict (key) do update set reached = $4, line = $5, sums = '{}'::jsonb, rejects_length = 0, reasons_length = 0,
    started_at = $6, finished_at = null;

-- name: advance
-- Note how far a file was read, unless somebody else read on from the same place.
update imports.run set reached = $3, line = $4, sums = $5, rejects_length = $6, reasons_length = $7
where key = $1 and reached = $2 and finished_at is null;

-- name: finish_run
-- Note that a file was read to its end.
update imports.run set finished_at = $2 where key = $1;

-- name: known
-- Which of some rows came in before, and with which content?
select identity, content from imports.taken where identity = any($1::uuid[]);

-- name: take
-- Note that rows come in, and return those that were not there; of two imports at once only one takes a row.
insert into imports.taken (identity, content)
select g.identity, g.content from unnest($1::uuid[], $2::uuid[]) as g(identity, content) order by g.identity
on conflict (identity) do nothing
returning identity;

-- name: past_cases
-- Find the closed cases that stand for past ones, with the verdict they have.
select p.subject, p.name, p."case", c.decision, c.verdict
from (select distinct * from unnest($1::uuid[], $2::uuid[]) as u(subject, name)) g
join imports.past_case p on p.subject = g.subject and p.name = g.name
join cases.case c on c.key = p."case";

-- name: put_past_cases
-- Remember which closed cases stand for past ones.
insert into imports.past_case (subject, name, "case") select * from unnest($1::uuid[], $2::uuid[], $3::uuid[]);
