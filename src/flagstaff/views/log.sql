-- name: entries
-- List what was done, the newest first. Things are named by their outside numbers, and flags not at all: a key tells when it was made.
select e.at, e.deed, coalesce(w.name, e.actor) as actor, e.platform, e.facts, c.entry is not null as chained,
       case split_part(e.object, ':', 1)
           when 'case' then coalesce('case ' || k.number, 'a case')
           when 'decision' then coalesce('decision ' || d.number, 'a decision')
           when 'appeal' then coalesce('appeal ' || p.number, 'an appeal')
           when 'account' then coalesce('account of ' || o.name, 'an account')
           when 'dive' then coalesce('deep dive ' || (e.facts ->> 'run'), 'a deep dive')
           when 'platform' then replace(e.object, ':', ' ')
           else 'a ' || replace(split_part(e.object, ':', 1), '_', ' ') end as object
from (
    select * from audit.entry e
    where ($1 = '' or e.deed like $1 || '%')
      and ($2 = '' or e.object = 'case:' || (select key::text from cases.case where number = $2))
      and (e.platform is null or e.platform = any($3::text[]))
    order by e.at desc, md5(e.key::text) limit $4 offset $5
) e
left join staff.account w on w.key::text = e.actor
left join audit.chain c on c.entry = e.key
left join cases.case k on e.object = 'case:' || k.key::text
left join decisions.decision d on e.object = 'decision:' || d.key::text
left join appeals.appeal p on e.object = 'appeal:' || p.key::text
left join staff.account o on e.object = 'account:' || o.key::text
order by e.at desc, md5(e.key::text);

-- name: chain_end
-- Show how far the log is chained.
select position, digest, chained_at from audit.chain order by position desc limit 1;
