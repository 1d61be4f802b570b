-- name: upkeep
-- Count what an operator must know of: deliveries given up, events that should have left, the demo's mark.
select (select count(*) from delivery.delivery where state = 'dead')::integer as dead,
       (select count(*) from delivery.outbox
         where position is null and cancelled_at is null and not_before < $1)::integer as overdue,
       exists (select 1 from house.mark where name = 'demo') as demo;
