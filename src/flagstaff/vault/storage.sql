-- name: refs_of
-- List which words a case has, without what they say.
select ref, field, owner, ready from vault.refs_of($1);

-- name: ask
-- Write down what shall be opened, why and for whom; it serves only after this transaction has committed.
select vault.ask($1, $2, $3, $4, $5::uuid[], $6, $7);

-- name: take_redacted
-- Take redacted copies that a committed asking named.
select ref, platform, field, owner, redacted from vault.take_redacted($1, $2);

-- name: copies_of
-- List the comments of some flags under Other that an analyst may ask for.
select r from vault.copies_of($1::uuid[]) r;

-- name: take_copies
-- Take redacted comments under Other that a committed asking named.
select ref, platform, field, owner, redacted from vault.take_copies($1, $2);

-- name: comments_among
-- List which of some flags under Other have a comment to read, and which had one.
select flag, ref from vault.comments_among($1::uuid[]);

-- name: take_for_dive
-- Take redacted comments for a run, each with the run's own name for its writer.
select ref, platform, field, owner, redacted, person, model, vector from vault.take_for_dive($1, $2);

-- name: take_for_check
-- Take redacted comments of a run that is made again, each with the run's own name for its writer.
select ref, platform, field, owner, redacted, person, model, vector from vault.take_for_check($1, $2);

-- name: take_for_coding
-- Take redacted comments of a run that a reviewer is shown.
select ref, platform, field, owner, redacted from vault.take_for_coding($1, $2);

-- name: put_vectors
-- Keep what comments mean as numbers, sealed.
select vault.put_vectors($1::uuid[], $2, $3::bytea[]);

-- name: take_raw
-- Take raw words that a committed asking named.
select ref, platform, field, owner, sealed from vault.take_raw($1, $2, $3);

-- name: take_address
-- Take the persons behind flags that a committed asking named.
select flag, hash, platform, sealed from vault.take_address($1, $2, $3);

-- name: to_redact
-- List words whose redacted copy is still to be made, the oldest first.
select r from vault.to_redact($1) r;

-- name: put_redacted
-- Keep redacted copies; one that exists is never replaced.
select vault.put_redacted($1::uuid[], $2::bytea[]);

-- name: is_party
-- Tell whether a person raised a flag in a case.
select vault.is_party($1, $2, $3);

-- name: persons_behind
-- Count the persons behind some suggestions; null below the floor.
select vault.persons_behind($1::uuid[]);

-- name: release_repeats
-- Count, once, the persons wronged in a month and those wronged again by the same author; nothing below the floor.
select version, victims, at_least, at_most from vault.release_repeats($1, $2, $3);

-- name: ask_unmasking
-- Ask that a reporter be named; nothing is served before another account agrees.
select vault.ask_unmasking($1, $2, $3, $4, $5);

-- name: unmaskings_of
-- List what waits for a second person, and what was confirmed to one account that has not seen it.
select key, flag, asked_by, reason, asked_at, until from vault.unmaskings_of($1, $2);

-- name: confirm_unmasking
-- Agree to an unmasking as the second person; gives the flag, or nothing where it does not wait for this account.
select vault.confirm_unmasking($1, $2, $3);

-- name: erase
-- Erase one person and the words of their flags; gives the keys of those flags.
select f from vault.erase($1, $2) f;

-- name: erase_words
-- Erase the words of addenda and appeals.
select vault.erase_words($1::uuid[]);

-- name: erase_author_words
-- Erase what an author said in the flags of others.
select vault.erase_author_words($1::uuid[]);

-- name: learn
-- Let reliability learn from a decision.
select vault.learn($1::uuid[], $2::boolean[], $3);

-- name: restrict
-- Restrict a reporter, named by one of their flags, until a moment.
select vault.restrict($1, $2);

-- name: end_restrictions
-- End the restrictions that are over; gives all flags of those persons.
select f from vault.end_restrictions($1) f;

-- name: held
-- Show what the database holds of one flag, sealed as it is; only in a database that the demo made.
select place, field, held from vault.tour_rows($1);
