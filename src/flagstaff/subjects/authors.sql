-- name: author_hash
-- Show the keyed hash of who wrote a subject, to compare it with a staff account's linked person.
select a.staff_hash from subjects.subject s join subjects.author a on a.key = s.author where s.key = $1;

-- name: find_by_hash
-- Find an author by keyed hash: all that the list of erasures knows.
select key from subjects.author where platform = $1 and staff_hash = $2;

-- name: hold_by_hash
-- Find the author who is erased, once what they say at this moment is kept: it is to go too.
select key from subjects.author where platform = $1 and staff_hash = $2 for no key update;

-- name: subjects_of
-- List what an author wrote.
select key from subjects.subject where author = $1 order by key;

-- name: empty_snapshots
-- Blank every copy of what an author wrote; its hash stays, for decisions name it.
update subjects.snapshot s set title = null, words = null, link = null, emptied_at = $2
from subjects.subject t where t.key = s.subject and t.author = $1
    and (s.title is not null or s.words is not null or s.link is not null);

-- name: erase_author
-- Note that an author was erased.
update subjects.author set state = 'erased', changed_at = $2 where key = $1 and state <> 'erased';
