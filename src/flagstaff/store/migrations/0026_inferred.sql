-- An old flag under Other may point to an option that came later. What its words point to is kept beside the flag, as a finding
-- with its source: what the reporter chose stays what it was, and nobody but staff sees the finding.
create table flags.inferred (
    flag uuid not null references flags.flag,
    -- the version whose new options were looked for
    menu_version integer not null check (menu_version > 0),
    -- null: the words point to none of them
    option text,
    -- how the option read then, in the language of the version
    label text not null,
    source text not null check (source in ('hints')),
    -- business time
    at timestamptz not null,
    primary key (flag, menu_version)
);
create index inferred_by_version on flags.inferred (menu_version, option);
