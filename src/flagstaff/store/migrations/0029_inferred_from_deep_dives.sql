-- A deep dive that a version rests on read the old comments and gave each to a theme: that is a source of its own beside hints.
alter table flags.inferred drop constraint inferred_source_check;
alter table flags.inferred add constraint inferred_source_check check (source in ('hints', 'dive'));
