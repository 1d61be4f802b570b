-- Questions to reporters end by themselves after seven days: the few that are open are found without a walk through all flags.
create index flag_by_question on flags.flag (question_until) where question_until is not null;
