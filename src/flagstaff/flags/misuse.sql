-- name: flag_behind_use
-- Find the flag that stands for somebody's way of using flags.
select f.key, f."case" from subjects.subject s join flags.flag f on f.number = s.outside_id and f.platform = s.platform
where s.key = $1 and s.kind = 'flag_use';

-- name: flagged_in
-- Which case was flagged by whom the case about somebody's way of using flags is about? Nothing for other cases.
select f."case" from cases.case c join subjects.subject s on s.key = c.subject
join flags.flag f on f.number = s.outside_id and f.platform = s.platform
where c.key = $1 and s.kind = 'flag_use';
