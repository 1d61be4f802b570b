-- name: own_schemas
-- List the schemas that are not PostgreSQL's own.
select nspname::text
from pg_catalog.pg_namespace
where nspname not like 'pg\_%' and nspname <> 'information_schema'
order by nspname;

-- name: logins
-- List the roles that exist on this server.
select rolname::text from pg_catalog.pg_roles;

-- name: granted
-- List every right that anyone but the owner has; acldefault() stands in for a null list, the built-in rights.
with own as (
    select oid, nspname::text as schema, nspowner, nspacl
    from pg_catalog.pg_namespace
    where nspname not like 'pg\_%' and nspname <> 'information_schema'
), held as (
    select 'schema' as thing, own.schema as name, '' as part, nspowner as owner,
           coalesce(nspacl, pg_catalog.acldefault('n', nspowner)) as rights
    from own
    union all
    select case c.relkind when 'S' then 'sequence' else 'table' end, own.schema || '.' || c.relname, '', c.relowner,
           coalesce(c.relacl, pg_catalog.acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))
    from pg_catalog.pg_class c join own on own.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union all
    select 'table', own.schema || '.' || c.relname, a.attname::text, c.relowner, a.attacl
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid
    join own on own.oid = c.relnamespace
    where a.attacl is not null
    union all
    select 'function',
           own.schema || '.' || p.proname || '(' || coalesce((
               select pg_catalog.string_agg(pg_catalog.format_type(kind, null), ', ' order by place)
               from pg_catalog.unnest(p.proargtypes::oid[]) with ordinality as argument (kind, place)), '') || ')',
           '', p.proowner, coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))
    from pg_catalog.pg_proc p join own on own.oid = p.pronamespace
)
select held.thing, held.name, held.part as "column", pg_catalog.lower(acl.privilege_type) as "right",
       coalesce(r.rolname::text, 'public') as role
from held
cross join lateral pg_catalog.aclexplode(held.rights) acl
left join pg_catalog.pg_roles r on r.oid = acl.grantee
where acl.grantee <> held.owner;
