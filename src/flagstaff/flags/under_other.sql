-- name: under_other
-- List flags under Other of some kinds and days that live, or lived until they were answered; a page after a key.
select key, kind, (received_at at time zone $5)::date as day from flags.flag
where platform = $1 and kind = any($2::text[]) and received_at >= $3 and received_at < $4
  and option_kind = 'open' and state in ('live', 'answered') and key > $6
order by key limit $7;
