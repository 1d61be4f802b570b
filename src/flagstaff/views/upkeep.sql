-- name: upkeep
-- Count what an operator must know of: deliveries given up, events that should have left, cases (at most so many) that
-- nobody decided in time, the demo's mark.
select (select count(*) from delivery.delivery where state = 'dead')::integer as dead,
       (select count(*) from delivery.outbox
         where position is null and cancelled_at is null and not_before < $1)::integer as overdue,
       (select count(*) from (
            select 1 from cases.case
             where state in ('open', 'claimed', 'parked', 'asked', 'awaiting_second') and due_at < $2 limit $3) c)::integer as late,
       exists (select 1 from house.mark where name = 'demo') as demo;
