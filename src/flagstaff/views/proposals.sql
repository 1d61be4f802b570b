-- name: list_proposals
-- List publications that wait for a second person, and the latest that were answered.
select p.key, p.platform, p.what, p.note, p.author, a.name as author_name, p.made_at, p.state, b.name as answered_by, p.answer,
       p.document, d.key as draft
from guidelines.proposal p
left join staff.account a on a.key = p.author
left join staff.account b on b.key = p.answered_by
left join menus.draft d on d.proposal = p.key
where p.platform = any($1::text[])
order by (p.state = 'waiting') desc, p.made_at desc limit $2;
