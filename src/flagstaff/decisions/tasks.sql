-- name: second_asked_by
-- Show who asked for a second person in a case, while one is waited for.
select s.asked_by from decisions.second s join decisions.decision d on d.key = s.decision
where d."case" = $1 and s.state = 'waiting' order by s.asked_at desc limit 1;
