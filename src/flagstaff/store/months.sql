-- name: prepare_months
-- Make the partitions of some months from a first day on; returns how many were missing.
select house.prepare_months($1, $2);
