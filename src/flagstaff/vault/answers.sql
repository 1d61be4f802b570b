-- name: put_answers
-- Keep what a model answered about comments of a run.
select vault.put_answers($1, $2, $3::uuid[], $4::text[]);

-- name: answers_known
-- Find what was answered about comments that were asked about alike.
select ref, theme from vault.answers_known($1, $2::uuid[], $3);
