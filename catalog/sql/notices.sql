-- name: add(id, outcome_id, destination, now)!
INSERT INTO notices
    (id, outcome_id, destination, state, created_at, state_at, due_at, tries, round, reason)
VALUES (:id, :outcome_id, :destination, 'waiting', :now, :now, :now, 0, 1, '')
ON CONFLICT DO NOTHING;

-- name: find(id)^
SELECT id, outcome_id, destination, state, created_at, state_at, due_at, tries, round, reason
FROM notices WHERE id = :id;

-- name: settle(id, round, state, now, reason)!
UPDATE notices SET state = :state, state_at = :now, tries = tries + 1, reason = :reason
WHERE id = :id AND round = :round AND state = 'waiting';

-- name: postpone(id, round, due, reason)!
UPDATE notices SET due_at = :due, tries = tries + 1, reason = :reason
WHERE id = :id AND round = :round AND state = 'waiting';

-- name: note_attempt(notice_id, at, seconds, failure)!
INSERT INTO notice_attempts (notice_id, number, at, seconds, failure)
SELECT :notice_id, COALESCE(MAX(number), 0) + 1, :at, :seconds, :failure
FROM notice_attempts WHERE notice_id = :notice_id;

-- name: attempts(notice_id)
SELECT number, at, seconds, failure FROM notice_attempts
WHERE notice_id = :notice_id ORDER BY number;

-- name: hurry(destination, now)!
UPDATE notices SET due_at = :now
WHERE state = 'waiting' AND destination = :destination AND due_at > :now;

-- name: waiting_for(destination, limit)
SELECT id, outcome_id, destination, state, created_at, state_at, due_at, tries, round, reason
FROM notices WHERE state = 'waiting' AND destination = :destination ORDER BY seq LIMIT :limit;

-- name: forgotten(job, limit)
-- Nothing asks for them any more: a job was lost, or given up.
SELECT id, outcome_id, destination, state, created_at, state_at, due_at, tries, round, reason
FROM notices
WHERE state = 'waiting'
  AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.name = :job AND jobs.argument = notices.id)
  AND NOT EXISTS (
    SELECT 1 FROM destinations
    WHERE destinations.name = notices.destination AND destinations.paused_at IS NOT NULL)
ORDER BY seq LIMIT :limit;

-- name: chosen(id, destination, state, kind, fax_id, since, limit)
SELECT notices.id AS id, notices.outcome_id AS outcome_id, destination, state, created_at, state_at,
    due_at, tries, round, reason
FROM notices JOIN outcomes ON outcomes.id = notices.outcome_id
WHERE (CAST(:id AS TEXT) IS NULL OR notices.id = :id)
  AND (CAST(:destination AS TEXT) IS NULL OR destination = :destination)
  AND (CAST(:state AS TEXT) IS NULL OR state = :state)
  AND (CAST(:kind AS TEXT) IS NULL OR outcomes.kind = :kind)
  AND (CAST(:fax_id AS TEXT) IS NULL OR outcomes.fax_id = :fax_id)
  AND created_at >= :since
ORDER BY notices.seq DESC LIMIT :limit;

-- name: replay(id, now)!
UPDATE notices
SET state = 'waiting', state_at = :now, due_at = :now, tries = 0, round = round + 1, reason = ''
WHERE id = :id;

-- name: counts(destination)
SELECT state, COUNT(*) AS notices FROM notices WHERE destination = :destination GROUP BY state;

-- name: given_up_since(since)$
SELECT COUNT(*) AS notices FROM notices WHERE state = 'given-up' AND state_at >= :since;

-- name: destinations()
SELECT name, failing_since_at, failure, delivered_at, paused_at, pause_reason
FROM destinations ORDER BY name;

-- name: destination(name)^
SELECT name, failing_since_at, failure, delivered_at, paused_at, pause_reason
FROM destinations WHERE name = :name;

-- name: note_delivery(name, at)!
INSERT INTO destinations (name, failing_since_at, failure, delivered_at, paused_at, pause_reason)
VALUES (:name, NULL, '', :at, NULL, '')
ON CONFLICT (name) DO UPDATE
SET failing_since_at = NULL, failure = '', delivered_at = excluded.delivered_at;

-- name: note_failure(name, at, failure)^
INSERT INTO destinations (name, failing_since_at, failure, delivered_at, paused_at, pause_reason)
VALUES (:name, :at, :failure, NULL, NULL, '')
ON CONFLICT (name) DO UPDATE
SET failure = excluded.failure,
    failing_since_at = COALESCE(destinations.failing_since_at, excluded.failing_since_at)
RETURNING failing_since_at;

-- name: pause(name, at, reason)!
INSERT INTO destinations (name, failing_since_at, failure, delivered_at, paused_at, pause_reason)
VALUES (:name, NULL, '', NULL, :at, :reason)
ON CONFLICT (name) DO UPDATE
SET paused_at = COALESCE(destinations.paused_at, excluded.paused_at),
    pause_reason = excluded.pause_reason;

-- name: resume(name)!
UPDATE destinations
SET paused_at = NULL, pause_reason = '', failing_since_at = NULL, failure = ''
WHERE name = :name;
