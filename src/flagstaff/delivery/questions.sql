-- name: question_called
-- Find a question to an author by the number of its notice, once it may be read.
select key, platform, author, question as "case", made_at from delivery.notice
where number = $1 and question is not null and released_at <= $2;
