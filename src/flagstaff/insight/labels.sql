-- name: put_change
-- Change a platform's codebook.
insert into insight.theme_change (key, platform, theme, change, by, at) values ($1, $2, $3, $4::jsonb, $5, $6);

-- name: hold_codebook
-- Let changes of one codebook come one after another, until the transaction ends.
select pg_advisory_xact_lock(hashtext('insight.theme_change ' || $1::text));

-- name: changes_of
-- List the changes of a platform's codebook, the oldest first.
select change from insight.theme_change where platform = $1 order by key;

-- name: put_label
-- Keep what a reviewer says of a comment.
insert into insight.label (key, platform, flag, reviewer, theme, drawn, at) values ($1, $2, $3, $4, nullif($5, ''), $6, $7);

-- name: labels_of
-- List what each reviewer says of each comment now, by the key that the theme had that day; blank: taken back.
select distinct on (reviewer, flag) flag as row, coalesce(theme, '') as theme, reviewer, drawn, at
from insight.label where platform = $1 order by reviewer, flag, key desc;

-- name: said_of
-- List what one reviewer ever said of one comment, the newest first.
select flag as row, coalesce(theme, '') as theme, reviewer, drawn, at from insight.label
where platform = $1 and reviewer = $2 and flag = $3 order by key desc;

-- name: last_said
-- Find the answer that a reviewer gave last to a comment of a run, as far as it stands.
select row, theme, reviewer, drawn, at from (
    select distinct on (l.flag) l.flag as row, l.theme, l.reviewer, l.drawn, l.at, l.key
    from insight.label l join insight.dive_row r on r.dive = $3 and r.flag = l.flag
    where l.platform = $1 and l.reviewer = $2 order by l.flag, l.key desc
) newest where theme is not null order by at desc, key desc limit 1;

-- name: history_of
-- List the changes of a platform's codebook with who made them, the newest first.
select change as change_form, by from insight.theme_change where platform = $1 order by key desc limit $2;
