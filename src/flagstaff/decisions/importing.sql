-- name: put_past_decisions
-- Keep verdicts of before Flagstaff: in effect since they were made, on no ladder, by nobody of this house.
insert into decisions.decision
    (key, number, platform, "case", subject, snapshot, author, verdict, clauses, severity, guidelines_version, words_at, undated,
     reason, facts, state, decided_by, decided_at, not_before, effective_at, legacy)
select g.key, g.number, g.platform, g.case_key, g.subject, g.snapshot, g.author, g.verdict, string_to_array(g.clauses, ' '),
    g.severity, g.guidelines_version, g.words_at, g.undated, g.reason, g.facts, $17,
    '00000000-0000-0000-0000-000000000000'::uuid, g.at, g.at, g.at, true
from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::text[],
    $10::smallint[], $11::integer[], $12::timestamptz[], $13::boolean[], $14::text[], $15::text[], $16::timestamptz[])
    as g(key, number, platform, case_key, subject, snapshot, author, verdict, clauses, severity, guidelines_version, words_at,
         undated, reason, facts, at);
