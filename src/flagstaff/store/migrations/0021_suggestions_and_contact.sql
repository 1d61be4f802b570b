-- Options that people propose, joined where they say the same. The words and who wrote them lie in the vault alone.
alter table vault.words drop constraint words_field_check;
alter table vault.words add constraint words_field_check check (
    field in ('details', 'answers', 'addendum', 'answer', 'appeal', 'neighbours', 'author_answer', 'comment', 'suggestion',
              'letter'));

create table menus.suggestion_group (
    key uuid primary key,
    -- what staff call it; whoever suggested never learns it
    number text not null unique,
    platform text not null references platforms.platform,
    kind text not null,
    state text not null check (state in ('open', 'accepted', 'merged', 'declined')),
    opened_at timestamptz not null,
    -- the end of the last day on which it may stay open without a word to its owner
    due_at timestamptz not null,
    alerted_at timestamptz,
    reason text not null default '',
    -- accepted: the option that a draft adds; merged: the option that covers it
    option text,
    label text not null default '',
    draft uuid references menus.draft,
    into_group uuid references menus.suggestion_group,
    ended_by uuid,
    ended_at timestamptz,
    check ((state = 'open') = (ended_at is null)),
    check (state <> 'merged' or num_nonnulls(option, into_group) = 1)
);
create index suggestion_group_open on menus.suggestion_group (platform, kind, due_at) where state = 'open';

create table menus.suggestion (
    key uuid primary key,
    -- told to whoever suggested, and to nobody else
    number text not null unique,
    platform text not null,
    suggestion_group uuid not null references menus.suggestion_group,
    joined text not null check (joined in ('first', 'same', 'near', 'hand', 'apart')),
    -- which part of the words is the same as in what it was joined with, from 0 to 1
    resembles real not null,
    -- keyed hashes of the words' stems; emptied when their writer is erased
    sketch bytea[] not null,
    received_at timestamptz not null
);
create index suggestion_by_group on menus.suggestion (suggestion_group);

-- How many persons stand behind some suggestions; below five that is nobody's business, and the answer is null.
create function vault.persons_behind(p_things uuid[]) returns integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select case when count(distinct l.person) >= 5 then count(distinct l.person)::integer end
    from vault.link l where l.flag = any(p_things)
$$;

-- Concerns that are no flag: a thread of letters between one person, or somebody unknown, and the team.
create schema contact;

create table contact.thread (
    key uuid primary key,
    number text not null unique,
    platform text not null references platforms.platform,
    state text not null check (state in ('open', 'answered', 'closed')),
    -- false: from a page without an account; number and code are the only way back to it
    known boolean not null,
    opened_at timestamptz not null,
    -- the end of the last day for an answer; null while nobody waits for one
    due_at timestamptz,
    alerted_at timestamptz,
    changed_at timestamptz not null,
    check ((state = 'open') = (due_at is not null))
);
create index thread_waiting on contact.thread (platform, due_at) where state = 'open';
create index thread_latest on contact.thread (platform, changed_at);

create table contact.letter (
    key uuid primary key,
    thread uuid not null references contact.thread,
    written_by text not null check (written_by in ('person', 'team')),
    written_at timestamptz not null,
    account uuid,
    -- the team's answer; what a person writes lies in the vault under this key
    answer text,
    check ((written_by = 'team') = (account is not null)), check ((written_by = 'team') = (answer is not null))
);
create index letter_by_thread on contact.letter (thread, written_at);
