-- An event may have been published twice: one row for each id.
WITH placed AS (
    SELECT DISTINCT id, day, data.currency AS currency, CAST(data.total AS decimal(12, 2)) AS total
    FROM orders
    WHERE type = 'order.placed.v1'
)
SELECT day, currency, count(*) AS orders, sum(total) AS sales
FROM placed
GROUP BY day, currency
ORDER BY day DESC
