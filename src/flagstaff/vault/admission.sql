-- name: admit
-- Admit the persons of a batch and learn their reliability and the tags they carry in cases they may meet.
select place, reliability, restricted_until, tag_standing, tag_former
from vault.admit($1::uuid[], $2::text[], $3::bytea[], $4::bytea[], $5::uuid[], $6::uuid[]);

-- name: link_flags
-- Remember inside the vault which flag is whose, and get the tags.
select place, tag from vault.link_flags($1::text[], $2::bytea[], $3::uuid[], $4::uuid[]);

-- name: put_words
-- Leave sealed words; what is left cannot be read back by this role.
insert into vault.words (ref, platform, field, owner, "case", sealed, day)
select g.*, $2 from unnest($1::vault.new_words[]) as g;

-- name: flags_of
-- List the flags of one person, as keys.
select f from vault.flags_of($1, $2) f;

-- name: hold_flags_of
-- List the flags of one person, who is not erased before this transaction ends.
select f from vault.hold_flags_of($1, $2) f;
