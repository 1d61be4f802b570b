-- name: put_watch
-- Watch a platform from now on, or as somebody else.
insert into insight.watch (platform, kinds, account, began_at, next_at) values ($1, $2::text[], $3, $4, $5)
on conflict (platform) do update set kinds = excluded.kinds, account = excluded.account, began_at = excluded.began_at,
    next_at = excluded.next_at, ended_at = null, rests_since = null;

-- name: end_watch
-- Watch a platform no longer.
update insight.watch set ended_at = $2 where platform = $1 and ended_at is null;

-- name: rest
-- Let a watch rest for which nobody stands.
update insight.watch set rests_since = $2 where platform = $1 and rests_since is null;

-- name: watched_by
-- List the platforms that are watched in somebody's name.
select platform from insight.watch where account = $1 and ended_at is null and rests_since is null order by platform;

-- name: find_watch
-- Find who watches a platform, with the newest run of the watch.
select w.kinds, w.account, w.began_at, w.next_at, w.rests_since, n.number, n.state, n.week, n.rising
from insight.watch w left join lateral (
    select d.number, d.state, x.week, x.rising from insight.watched x join insight.dive d on d.key = x.dive
    where x.platform = w.platform order by x.week desc, x.dive desc limit 1
) n on true
where w.platform = $1 and w.ended_at is null;

-- name: take_due
-- Take a watch that is due, held until the transaction ends.
select platform, kinds, account, began_at, next_at from insight.watch
where ended_at is null and rests_since is null and next_at <= $1 order by next_at, platform limit 1 for update skip locked;

-- name: put_next
-- Say when a watch is due again.
update insight.watch set next_at = $2 where platform = $1;

-- name: next_due
-- Find when a watch is due next.
select min(next_at) from insight.watch where ended_at is null and rests_since is null;

-- name: put_watched
-- Keep that a run belongs to a watch.
insert into insight.watched (dive, platform, week) values ($1, $2, $3);

-- name: take_over
-- Take a run of a watch that is over and was not judged, held until the transaction ends.
select w.dive, w.platform, w.week, d.number, d.state, d.result
from insight.watched w join insight.dive d on d.key = w.dive
where w.judged_at is null and d.state in ('ready', 'failed', 'cancelled')
order by w.week, w.dive limit 1 for update of w skip locked;

-- name: counts_of
-- Count the comments of a run by theme, those since a moment apart.
select r.theme, f.received_at >= $2 as recent, count(*)::integer as comments
from insight.dive_row r join flags.flag f on f.key = r.flag where r.dive = $1 group by 1, 2;

-- name: judge
-- Keep what rose.
update insight.watched set judged_at = $2, rising = $3::jsonb where dive = $1;

-- name: newest
-- List what rose in the newest judged week of each of some platforms that are watched, and which watches rest.
select w.platform, coalesce(n.number, '') as number, n.week, coalesce(n.rising, '[]') as rising, w.rests_since is not null as rests
from insight.watch w left join lateral (
    select d.number, x.week, x.rising from insight.watched x join insight.dive d on d.key = x.dive
    where x.platform = w.platform and x.judged_at is not null order by x.week desc, x.judged_at desc limit 1
) n on true
where w.platform = any($1::text[]) and w.ended_at is null order by w.platform;
