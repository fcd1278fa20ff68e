"""What the store stands on: it knows Redis, S3, SQS, probes and log lines, and no shop. Where to look:

outbox, relay, broker, transport, intake, worker, packs, handlers   from a row through SQS to the work, in this order
visibility, heartbeat, dead_letters, backlog, events    keeping and giving up messages, counting them, telling others
pages/, cache, lane, warming, routes                    kept pages and what makes them quick
sessions, throttle, visitor, crossorigin, language, content_policy, body, uploads   about the request and who sent it
postgresql/, snapshot, keyset, invariants, inspections, dumps, dump_bucket          the database
storage, media, renditions, picture, stored_pictures, static_files                  S3, pictures, files
patience, breaker, deadline                             how long anything waits for others
contract, dependencies, asking, outage, outages_page    what everybody sees while something is away
health, pod, roll_call, rollout, rounds                 probes, and which processes are there
logs, metrics, embedded_metrics, request_id, timing, traces/   what operators see
secrets, secret_watch                                   Secrets Manager
"""
