-- name: waiting
-- Find old flags under Other that were not looked at for a version yet; a flag that was taken back is nobody's.
select f.key from flags.listed f
where f.platform = $1 and f.menu_version < $2 and f.day >= $3 and f.kind = $4
  and f.option_kind = 'open' and f.state in ('live', 'kept', 'answered')
  and not exists (select from flags.inferred i where i.flag = f.key and i.menu_version = $2)
order by f.key desc limit $5;

-- name: open_among
-- Find, among some flags, the old ones under Other that were not looked at for a version yet.
select f.key from flags.listed f
where f.key = any($4::uuid[]) and f.platform = $1 and f.menu_version < $2 and f.day >= $3
  and f.option_kind = 'open' and f.state in ('live', 'kept', 'answered')
  and not exists (select from flags.inferred i where i.flag = f.key and i.menu_version = $2)
order by f.key desc;

-- name: left
-- Count them.
select count(*)::integer from flags.listed f
where f.platform = $1 and f.menu_version < $2 and f.day >= $3 and f.kind = any($4::text[])
  and f.option_kind = 'open' and f.state in ('live', 'kept', 'answered')
  and not exists (select from flags.inferred i where i.flag = f.key and i.menu_version = $2);

-- name: put
-- Keep what was found; what the reporter chose is not touched.
insert into flags.inferred (flag, option, label, menu_version, source, at)
select u.flag, nullif(u.option, ''), u.label, $4, $5, $6 from unnest($1::uuid[], $2::text[], $3::text[]) u (flag, option, label)
on conflict (flag, menu_version) do nothing;

-- name: counts
-- Count what was found for a version.
select f.kind, i.option, count(*)::integer as flags
from flags.inferred i join flags.listed f on f.key = i.flag
where f.platform = $1 and i.menu_version = $2 and f.state in ('live', 'kept', 'answered')
group by f.kind, i.option order by f.kind, count(*) desc, i.option;
