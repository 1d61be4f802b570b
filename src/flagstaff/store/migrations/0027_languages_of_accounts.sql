-- The language in which somebody who works here reads the console; null: as their browser asks.
alter table staff.account add column language text check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$');
