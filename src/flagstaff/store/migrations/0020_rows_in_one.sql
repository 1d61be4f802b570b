-- Rows of a batch reach a statement as one array of rows, not as one array per column: the driver looks at every element of an
-- array before it encodes it, and that was a third of what a flag cost the application. What is written as it stands in
-- its table needs no type here: the table's own row type serves.
create type subjects.new_author as (key uuid, platform text, person text, staff_hash bytea);

create type subjects.new_subject as (
    key uuid, platform text, kind text, outside_id text, person text,
    surface text, part text, board text, community_group text, thread text
);

create type subjects.new_snapshot as (
    key uuid, subject uuid, number integer, content_hash bytea, title text, words text, link text, language text,
    posted_at timestamptz, edited_at timestamptz, audience text, reference_only boolean, copied_after interval
);

create type cases.new_case as (
    key uuid, number text, platform text, subject uuid, state text, origin text, severity smallint,
    surface text, part text, board text, community_group text, thread text,
    staff_only boolean, restricted boolean, not_for uuid[], audience text, opened_at timestamptz, wakes_at timestamptz,
    names_case uuid, opened_grave_hash bytea,
    voices real[], counted integer, priority double precision, reason text, due_at timestamptz
);

create type cases.new_score as (
    key uuid, severity smallint, voices real[], counted integer, priority double precision, reason text,
    due_at timestamptz, staff_only boolean, restricted boolean
);

create type flags.new_flag as (
    key uuid, number text, case_key uuid, snapshot uuid, platform text, tag bytea, kind text, option text, reason text,
    option_kind text, clauses text[], menu_version integer, language text, label text, severity smallint,
    reliability real, state text, outcome text, outcome_reason text, outcome_from timestamptz, decision uuid,
    legacy boolean, converted_from text, received_at timestamptz
);

create type vault.new_words as (ref uuid, platform text, field text, owner uuid, case_key uuid, sealed bytea);

create type delivery.new_receipt as (
    key uuid, number text, platform text, flag uuid, text_key text, guidelines_version integer, values jsonb, event uuid
);

create type house.new_answer as (digest bytea, body bytea, status smallint, answer jsonb);
