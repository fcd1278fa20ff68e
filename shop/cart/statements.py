"""Changing a cart by one statement, which is a transaction of its own.

A statement of PostgreSQL sees the database as it was when it began (READ COMMITTED). If it then waits for the cart's
row, because another pod changes the same cart, it goes on with the newest version of that row, but with all other rows
as they were before: a count of lines from there could let a cart grow beyond its limit. So the row is taken only if
its version is still the one that was seen at the beginning; every change of lines counts it up in the transaction
that makes it. If it is not, the statement changes nothing and says `stale`, and shop.cart.services runs it once more
behind a lock, where nothing can be stale.

`MATERIALIZED` keeps the planner from reading twice what has to be one decision. The parts that write take their rows
from `locked`, so that nothing is written before the row is theirs.
"""

from shop.cart.models import MAX_QUANTITY

# How many pieces of a variant a cart may hold; no row for what is not on sale to the public.
_MOST = f"""
    SELECT CASE
        WHEN stock.id IS NULL THEN 0
        WHEN stock.allow_backorder OR NOT stock.tracked THEN {MAX_QUANTITY}
        ELSE least({MAX_QUANTITY}, greatest(0, stock.on_hand))
    END AS pieces
    FROM catalog_variant AS variant
    JOIN catalog_product AS product ON product.id = variant.product_id
    LEFT JOIN inventory_stock AS stock ON stock.variant_id = variant.id
    WHERE product.published AND product.published_at <= %(now)s AND variant.id =
"""  # noqa: S608 - a number of ours
_CART = """
WITH cart AS MATERIALIZED (
    SELECT cart.id, cart.public_id, cart.user_id, cart.version,
        cart.version <> coalesce(%(version)s::bigint, cart.version) AS changed
    FROM cart_cart AS cart WHERE cart.state = 'open' AND <condition>
),
"""
_LOCKED = """
locked AS (
    UPDATE cart_cart AS taken SET version = taken.version + 1, updated_at = %(now)s FROM decision
    WHERE taken.id = decision.id AND decision.outcome = 'ok'
        AND taken.state = 'open' AND taken.version = decision.version
    RETURNING taken.id
),
"""
_OUTCOME = """
    CASE WHEN decision.outcome = 'ok' AND locked.id IS NULL THEN 'stale' ELSE decision.outcome END,
    decision.id, decision.public_id, decision.user_id
"""

# Returns outcome, cart, the line's id, its quantity now, and whether fewer pieces fitted than were wanted.
ADD = f"""
{_CART}
most AS MATERIALIZED ({_MOST} %(variant)s::bigint),
held AS MATERIALIZED (
    SELECT line.id, line.quantity FROM cart_cartline AS line JOIN cart ON cart.id = line.cart_id
    WHERE line.variant_id = %(variant)s::bigint
),
decision AS MATERIALIZED (
    SELECT cart.*, held.id AS line_id, coalesce(held.quantity, 0) AS held, most.pieces AS most,
        CASE
            WHEN cart.changed THEN 'changed'
            WHEN most.pieces IS NULL THEN 'no such variant'
            WHEN held.id IS NULL AND %(max_lines)s::bigint <= (
                SELECT count(*) FROM cart_cartline AS line WHERE line.cart_id = cart.id
            ) THEN 'full'
            WHEN most.pieces > coalesce(held.quantity, 0) THEN 'ok'
            WHEN held.id IS NULL THEN 'sold out'
            ELSE 'no room'
        END AS outcome
    FROM cart LEFT JOIN most ON true LEFT JOIN held ON true
),
{_LOCKED}
added AS (
    INSERT INTO cart_cartline (cart_id, variant_id, quantity, created_at)
    SELECT locked.id, %(variant)s::bigint, least(decision.most, decision.held + %(quantity)s::bigint), %(now)s
    FROM locked JOIN decision ON decision.id = locked.id
    ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = EXCLUDED.quantity
    RETURNING id, quantity
)
SELECT {_OUTCOME}, coalesce(added.id, decision.line_id), coalesce(added.quantity, decision.held)::bigint,
    decision.held + %(quantity)s::bigint > decision.most
FROM decision LEFT JOIN locked ON true LEFT JOIN added ON true
"""  # noqa: S608 - texts of ours

# Returns outcome, cart, the quantity now.
CHANGE = f"""
{_CART}
held AS MATERIALIZED (
    SELECT line.id, line.variant_id FROM cart_cartline AS line JOIN cart ON cart.id = line.cart_id
    WHERE line.id = %(line)s::bigint
),
most AS MATERIALIZED ({_MOST} (SELECT variant_id FROM held)),
decision AS MATERIALIZED (
    SELECT cart.*, held.id AS line_id, greatest(0, least(%(quantity)s::bigint, most.pieces)) AS quantity,
        CASE
            WHEN cart.changed THEN 'changed'
            WHEN held.id IS NULL THEN 'no such line'
            WHEN most.pieces IS NULL AND %(quantity)s::bigint > 0 THEN 'no such variant'
            ELSE 'ok'
        END AS outcome
    FROM cart LEFT JOIN held ON true LEFT JOIN most ON true
),
{_LOCKED}
removed AS (
    DELETE FROM cart_cartline AS line USING locked, decision WHERE line.id = decision.line_id AND decision.quantity = 0
),
changed AS (
    UPDATE cart_cartline AS line SET quantity = decision.quantity FROM locked, decision
    WHERE line.id = decision.line_id AND decision.quantity > 0
)
SELECT {_OUTCOME}, decision.quantity
FROM decision LEFT JOIN locked ON true
"""  # noqa: S608 - texts of ours

# Returns outcome, cart.
REMOVE = f"""
{_CART}
decision AS MATERIALIZED (
    SELECT cart.*, line.id AS line_id,
        CASE WHEN cart.changed THEN 'changed' WHEN line.id IS NULL THEN 'gone' ELSE 'ok' END AS outcome
    FROM cart LEFT JOIN cart_cartline AS line ON line.cart_id = cart.id AND line.id = %(line)s::bigint
),
{_LOCKED}
removed AS (
    DELETE FROM cart_cartline AS line USING locked, decision WHERE line.id = decision.line_id
)
SELECT {_OUTCOME}
FROM decision LEFT JOIN locked ON true
"""  # noqa: S608 - texts of ours

LOCK = "SELECT cart.id FROM cart_cart AS cart WHERE cart.state = 'open' AND <condition> FOR NO KEY UPDATE"
CLOSE = "UPDATE cart_cart AS cart SET state = 'ordered' WHERE cart.state = 'open' AND <condition> RETURNING cart.id"
PIECES = """
SELECT coalesce(sum(line.quantity), 0) FROM cart_cart AS cart JOIN cart_cartline AS line ON line.cart_id = cart.id
WHERE cart.state = 'open' AND <condition>
"""
# Takes a voucher or a gift card onto a cart, or with NULL off it; no row if there is no such cart, or its version is
# another one.
_SET = """
UPDATE cart_cart AS cart SET
    version = cart.version + (cart.<column> IS DISTINCT FROM %(chosen)s::bigint)::int,
    <column> = %(chosen)s::bigint,
    updated_at = %(now)s
WHERE cart.state = 'open' AND <condition> AND cart.version = coalesce(%(version)s::bigint, cart.version)
RETURNING cart.id
"""
SET_VOUCHER = _SET.replace("<column>", "voucher_id")
SET_GIFT_CARD = _SET.replace("<column>", "gift_card_id")
