-- What readers of a release note write is sealed like all words; the key stands in the vault where a case stands otherwise.
alter table vault.words drop constraint words_field_check;
alter table vault.words add constraint words_field_check check (
    field in ('details', 'answers', 'addendum', 'answer', 'appeal', 'neighbours', 'author_answer', 'comment'));

create table menus.commenting (
    platform text not null,
    version integer not null,
    key uuid not null unique,
    primary key (platform, version),
    foreign key (platform, version) references menus.version
);
