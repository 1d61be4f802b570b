-- name: put_let_stand
-- Somebody looked at a decision that had counted a reversed one, and lets it stand.
insert into decisions.let_stand (decision, reversed, account, at)
select d.key, r.key, $4, $5 from decisions.decision d, decisions.decision r
where d."case" = $1 and d.number = $2 and d.state = 'effective' and r.number = $3 and r.state = 'reversed'
on conflict (decision, reversed) do nothing;
