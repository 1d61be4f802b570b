-- name: put_outgoing
-- Let events wait to leave.
insert into delivery.outbox (key, platform, feed, kind, stream, reference, decision, made_at, not_before)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::uuid[],
                     $8::timestamptz[], $9::timestamptz[]);

-- name: cancel_outgoing
-- Cancel what waits for a decision; what took effect already (a part that waited for no second person) still leaves.
update delivery.outbox set cancelled_at = $2
where decision = any($1::uuid[]) and not_before > $2 and position is null and cancelled_at is null;

-- name: recall_notices
-- Take back what the reporter of a flag would be told later: what they may read of it stays as it is.
update delivery.notice set not_before = 'infinity', released_at = null
where flag = $1 and audience = 'reporter' and released_at > $2 returning key;

-- name: recall_outgoing
-- Cancel the events that would tell of some notices.
update delivery.outbox set cancelled_at = $2
where reference = any($1::uuid[]) and position is null and cancelled_at is null;

-- name: wake
-- Tell every process that listens on a channel to look.
select pg_notify($1::text, '');

-- name: publish
-- Give the next dense positions of each feed to what is due, and make a delivery where the platform has an address.
with due as materialized (
    select key, platform, feed, stream, not_before from delivery.outbox
    where position is null and cancelled_at is null and not_before <= $1
    order by not_before, key limit $2 for update
), placed as (
    select key, platform, feed, stream,
           row_number() over (partition by platform, feed order by not_before, key) as place,
           count(*) over (partition by platform, feed) as total
    from due
), counted as (
    insert into delivery.feed (platform, feed, last_position)
    select platform, feed, count(*) from due group by platform, feed order by platform, feed
    on conflict (platform, feed) do update set last_position = feed.last_position + excluded.last_position
    returning platform, feed, last_position
), given as (
    update delivery.outbox o set position = c.last_position - p.total + p.place, published_at = $1
    from placed p join counted c on c.platform = p.platform and c.feed = p.feed
    where o.key = p.key
    returning o.key, o.platform, o.feed, o.stream, o.position
), sending as (
    insert into delivery.delivery (outbox, platform, feed, stream, position, next_try)
    select g.key, g.platform, g.feed, g.stream, g.position, $3 from given g
    join platforms.endpoint e on e.platform = g.platform and e.active
        and e.feed = case g.feed when 'reporter_notices' then 'reporter_notices' else 'measures' end
)
select count(*)::integer as published from given;

-- name: only_publisher
-- Be the single publisher until this transaction ends, or learn that another process is.
select pg_try_advisory_xact_lock(70617264611);

-- name: next_outgoing
-- When does the next event become due that is not yet?
select min(not_before) from delivery.outbox where position is null and cancelled_at is null;

-- name: feed_page
-- Read a feed of one platform after a position.
select key, platform, feed, kind, reference, position, published_at from delivery.outbox
where platform = $1 and feed = $2 and position > $3 order by position limit $4;

-- name: left_for
-- What left for a decision: all that its platform and its author were told, and of the reporters one flag's alone.
select o.key, o.platform, o.feed, o.kind, o.reference, o.position, o.published_at from delivery.outbox o
where o.position is not null and o.decision = $1 and o.kind <> 'notice.reporter'
union all
select o.key, o.platform, o.feed, o.kind, o.reference, o.position, o.published_at
from delivery.notice n join delivery.outbox o on o.reference = n.key and o.kind = 'notice.reporter'
where n.flag = $2 and o.position is not null
order by published_at, feed, position;

-- name: claim_due
-- Take deliveries that are due and not behind an earlier one of their stream; they are ours until the lease ends.
with due as (
    select d.outbox from delivery.delivery d
    where d.state = 'pending' and d.next_try <= $1 and not exists (
        select 1 from delivery.delivery e
        where e.stream = d.stream and e.state = 'pending' and e.platform = d.platform and e.feed = d.feed and e.position < d.position)
    order by d.next_try, d.position limit $3 for no key update skip locked
), taken as (
    update delivery.delivery d set next_try = $2, tries = d.tries + 1 from due where d.outbox = due.outbox
    returning d.outbox, d.platform, d.feed, d.stream, d.position, d.tries - 1 as tries
)
select t.outbox, t.platform, t.feed, o.kind, o.reference, t.stream, t.position, t.tries, o.published_at
from taken t join delivery.outbox o on o.key = t.outbox order by t.position;

-- name: note_sent
-- A delivery arrived.
update delivery.delivery set state = 'sent', sent_at = $2 where outbox = $1 and state <> 'sent';

-- name: note_retry
-- A delivery did not arrive and is tried again later.
update delivery.delivery set next_try = $2 where outbox = $1 and state = 'pending';

-- name: note_dead
-- A delivery is given up: a dead letter, kept for replay.
update delivery.delivery set state = 'dead' where outbox = $1 and state = 'pending';

-- name: put_attempt
-- Note one try with what came of it.
insert into delivery.attempt (key, outbox, at, status, problem) values ($1, $2, $3, $4, $5);

-- name: next_delivery
-- When is the next delivery to be tried? One that waits behind an earlier one of its stream is not asked.
select min(d.next_try) from delivery.delivery d
where d.state = 'pending' and not exists (
    select 1 from delivery.delivery e
    where e.stream = d.stream and e.state = 'pending' and e.platform = d.platform and e.feed = d.feed
      and e.position < d.position);

-- name: replay
-- Let dead letters of a platform be tried again from now on.
update delivery.delivery set state = 'pending', next_try = $2, tries = 0 where platform = $1 and state = 'dead';

-- name: address
-- Where does a platform receive events of one endpoint, and under which sealed secrets (the endpoint's own first)?
select e.url, array_agg(s.kid order by (s.kid = e.kid) desc, s.made_at desc) as kids,
       array_agg(s.sealed order by (s.kid = e.kid) desc, s.made_at desc) as sealed
from platforms.endpoint e
join platforms.secret s on s.platform = e.platform and s.purpose = e.feed and (s.retired_at is null or s.kid = e.kid)
where e.platform = $1 and e.feed = $2 and e.active
group by e.url;

-- name: put_notices
-- Write notices; an unreleased one is invisible to whom it is for.
insert into delivery.notice (key, number, platform, audience, author, flag, decision, hold, appeal, question,
                             text_key, guidelines_version, values, made_at, not_before, released_at)
select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[],
                     $9::uuid[], $10::uuid[], $11::text[], $12::integer[], $13::jsonb[], $14::timestamptz[],
                     $15::timestamptz[], $16::timestamptz[]);

-- name: put_receipts
-- Write receipts, each with its event: what a flag is answered at once, hence one statement and few columns for both.
with written as (
    insert into delivery.notice (key, number, platform, audience, flag, text_key, guidelines_version, values,
                                 made_at, not_before, released_at)
    select g.key, g.number, g.platform, 'reporter', g.flag, g.text_key, g.guidelines_version, g.values, $2, $2, $2
    from unnest($1::delivery.new_receipt[]) as g
)
insert into delivery.outbox (key, platform, feed, kind, stream, reference, made_at, not_before)
select g.event, g.platform, $3, $4, g.flag, g.key, $2, $2 from unnest($1::delivery.new_receipt[]) as g;

-- name: release_notices
-- Let notices of a decision be read from now on.
update delivery.notice set released_at = $2 where decision = any($1::uuid[]) and key = any($3::uuid[]) and released_at is null;

-- name: drop_notices
-- Take back what was never shown: notices of a decision that was stopped before it took effect.
update delivery.notice set not_before = 'infinity' where decision = any($1::uuid[]) and released_at is null;

-- name: waiting_notices
-- Which notices of some decisions wait to be released?
select key, number, platform, audience, author, flag, decision, text_key, guidelines_version, values, made_at, not_before, released_at
from delivery.notice where decision = any($1::uuid[]) and released_at is null and not_before < 'infinity' order by key;

-- name: told_of
-- Who was told about a decision?
select key, number, platform, audience, author, flag, decision, text_key, guidelines_version, values, made_at, not_before, released_at
from delivery.notice where decision = $1 and released_at is not null order by key;

-- name: notice
-- Find one notice.
select key, number, platform, audience, author, flag, decision, text_key, guidelines_version, values, made_at, not_before, released_at
from delivery.notice where key = $1;

-- name: notice_by_number
-- Find a released notice by its outside number.
select key, number, platform, audience, author, flag, decision, text_key, guidelines_version, values, made_at, not_before, released_at
from delivery.notice where number = $1 and released_at <= $2;

-- name: notices_of_author
-- List the notices an author may read, newest first.
select n.key, n.number, n.platform, n.audience, n.author, n.flag, n.decision, n.text_key, n.guidelines_version, n.values,
       n.made_at, n.not_before, n.released_at
from delivery.notice n join subjects.author a on a.key = n.author
where a.platform = $1 and a.person = $2 and n.audience = 'author' and n.released_at <= $3
order by n.released_at desc, n.key desc limit 200;

-- name: notices_of_flags
-- List the notices a reporter may read about some flags of theirs, newest first.
select key, number, platform, audience, author, flag, decision, text_key, guidelines_version, values, made_at, not_before, released_at
from delivery.notice where flag = any($1::uuid[]) and audience = 'reporter' and released_at <= $2
order by released_at desc, key desc limit 200;

-- name: mark_read
-- Note that a notice was read.
update delivery.notice set read_at = $2 where key = $1 and read_at is null;

-- name: put_todo
-- Ask staff to carry out by hand what a platform cannot.
insert into delivery.todo (key, platform, measure, what, made_at) values ($1, $2, $3, $4, $5);

-- name: finish_todo
-- A to-do is done.
update delivery.todo set done_by = $2, done_at = $3 where key = $1 and done_at is null;

-- name: person_of
-- Return an author as the platform names them, unless they were erased.
select person from subjects.author where key = $1 and state <> 'erased';
