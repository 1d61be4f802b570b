-- name: addenda_of
-- List what was added to some flags.
select key from flags.addendum where flag = any($1::uuid[]);
