-- name: request(name, argument, due, now, lane, deadline)^
-- A running job keeps the wish for later: its own due time still serves whoever finds it dead.
INSERT INTO jobs (name, argument, due_at, attempts, requested_at, lane, deadline)
VALUES (:name, :argument, :due, 0, :now, :lane, :deadline)
ON CONFLICT (name, argument) DO UPDATE
SET requested_at = excluded.requested_at, lane = excluded.lane, deadline = excluded.deadline,
    due_at = CASE
        WHEN jobs.lease_until > :now OR jobs.due_at <= excluded.due_at THEN jobs.due_at
        ELSE excluded.due_at END,
    again_at = CASE
        WHEN jobs.lease_until > :now AND (jobs.again_at IS NULL OR jobs.again_at > excluded.due_at)
        THEN excluded.due_at
        ELSE jobs.again_at END
RETURNING COALESCE(again_at, due_at) AS due_at;

-- name: claim(name, argument, owner, now, until)^
UPDATE jobs
SET lease_owner = :owner, lease_until = :until,
    again_at = CASE WHEN again_at > :now THEN again_at END
WHERE name = :name AND argument = :argument AND due_at <= :now AND gave_up_at IS NULL
  AND (lease_until IS NULL OR lease_until <= :now)
RETURNING name, argument, due_at, attempts, lease_owner, lease_until, reason, gave_up_at,
    requested_at, lane;

-- name: most_urgent(name, lane, now)$
SELECT argument FROM jobs
WHERE name = :name AND lane = :lane AND due_at <= :now
  AND gave_up_at IS NULL AND (lease_until IS NULL OR lease_until <= :now)
ORDER BY deadline, due_at, argument
LIMIT 1;

-- name: least_failed(name, lane, now)$
SELECT argument FROM jobs
WHERE name = :name AND lane = :lane AND due_at <= :now
  AND gave_up_at IS NULL AND (lease_until IS NULL OR lease_until <= :now)
ORDER BY attempts, deadline DESC, due_at DESC, argument DESC
LIMIT 1;

-- name: lane_state(name, lane)^
SELECT paused_until, failures FROM lanes WHERE name = :name AND lane = :lane;

-- name: pause_lane(name, lane, until, failed)^
INSERT INTO lanes (name, lane, paused_until, failures) VALUES (:name, :lane, :until, :failed)
ON CONFLICT (name, lane) DO UPDATE
SET paused_until = CASE WHEN lanes.paused_until > excluded.paused_until THEN lanes.paused_until
                        ELSE excluded.paused_until END,
    failures = lanes.failures + :failed
RETURNING paused_until;

-- name: forget_lane(name, lane)!
DELETE FROM lanes WHERE name = :name AND lane = :lane AND failures > 0;

-- name: free_lane(name, lane)!
DELETE FROM lanes WHERE name = :name AND lane = :lane;

-- name: left_in_lanes(name)
SELECT lane, COUNT(*) AS jobs FROM jobs
WHERE name = :name AND gave_up_at IS NULL
GROUP BY 1 ORDER BY 1;

-- name: next_in_lane(name, lane)$
SELECT MIN(CASE WHEN lanes.paused_until > jobs.due_at THEN lanes.paused_until ELSE jobs.due_at END)
    AS due_at
FROM jobs LEFT JOIN lanes ON lanes.name = jobs.name AND lanes.lane = jobs.lane
WHERE jobs.name = :name AND jobs.lane = :lane AND jobs.gave_up_at IS NULL;

-- name: move_archiving(mailbox_id, lane)!
UPDATE jobs SET lane = :lane
WHERE name = 'archive' AND lane <> :lane
  AND argument IN (SELECT id FROM faxes WHERE mailbox_id = :mailbox_id);

-- name: set_deadline(name, argument, deadline)*!
UPDATE jobs SET deadline = :deadline
WHERE name = :name AND argument = :argument AND deadline <> :deadline;

-- name: remove(name, argument, owner, until)!
DELETE FROM jobs
WHERE name = :name AND argument = :argument
  AND lease_owner = :owner AND lease_until = :until AND again_at IS NULL;

-- name: run_again(name, argument, owner, until)!
UPDATE jobs
SET due_at = again_at, again_at = NULL, attempts = 0, reason = NULL,
    lease_owner = NULL, lease_until = NULL
WHERE name = :name AND argument = :argument AND lease_owner = :owner AND lease_until = :until;

-- name: exists(name, argument)$
SELECT COUNT(*) AS jobs FROM jobs WHERE name = :name AND argument = :argument;

-- name: postpone(name, argument, owner, until, due, reason, failed)^
UPDATE jobs
SET due_at = CASE WHEN again_at < :due THEN again_at ELSE :due END, again_at = NULL,
    attempts = attempts + :failed, reason = :reason, lease_owner = NULL, lease_until = NULL
WHERE name = :name AND argument = :argument AND lease_owner = :owner AND lease_until = :until
RETURNING due_at;

-- name: give_up(name, argument, owner, until, reason, now)!
UPDATE jobs
SET gave_up_at = :now, reason = :reason, attempts = attempts + 1, again_at = NULL,
    lease_owner = NULL, lease_until = NULL
WHERE name = :name AND argument = :argument AND lease_owner = :owner AND lease_until = :until;

-- name: revive(name, argument, now)!
UPDATE jobs SET gave_up_at = NULL, attempts = 0, due_at = :now
WHERE gave_up_at IS NOT NULL
  AND (CAST(:name AS TEXT) IS NULL OR name = :name)
  AND (CAST(:argument AS TEXT) IS NULL OR argument = :argument);

-- name: due(now, limit)
SELECT name, argument FROM jobs
WHERE due_at <= :now AND gave_up_at IS NULL AND (lease_until IS NULL OR lease_until <= :now)
ORDER BY due_at, name, argument
LIMIT :limit;

-- name: coming(until, now)
-- One ring is enough for all that is overdue in a lane, and for each second to come: whoever
-- answers it takes the jobs that are due one after another.
SELECT name, target, MAX(due_at) AS due_at
FROM (
    SELECT jobs.name AS name,
        CASE WHEN jobs.lane = '' THEN jobs.argument ELSE jobs.lane END AS target,
        CASE WHEN lanes.paused_until > jobs.due_at THEN lanes.paused_until ELSE jobs.due_at END
            AS due_at
    FROM jobs LEFT JOIN lanes ON lanes.name = jobs.name AND lanes.lane = jobs.lane
    WHERE jobs.due_at <= :until AND jobs.gave_up_at IS NULL
      AND (jobs.lease_until IS NULL OR jobs.lease_until <= :now)
) AS free
GROUP BY name, target, CASE WHEN due_at <= :now THEN '' ELSE SUBSTR(due_at, 1, 19) END
ORDER BY 3, 1, 2;

-- name: pull_back_jobs(latest, now)!
UPDATE jobs SET due_at = :now WHERE due_at > :latest AND gave_up_at IS NULL;

-- name: pull_back_lanes(latest, now)!
UPDATE lanes SET paused_until = :now WHERE paused_until > :latest;

-- name: next_due(now)$
SELECT MIN(CASE WHEN lease_until > :now THEN lease_until ELSE due_at END) AS next
FROM jobs WHERE gave_up_at IS NULL;

-- name: troubled(attempts)^
SELECT COUNT(gave_up_at) AS given_up,
    COUNT(CASE WHEN gave_up_at IS NULL AND attempts >= :attempts THEN 1 END) AS failing
FROM jobs;

-- name: held_by(owner)
SELECT name, argument, due_at, attempts, lease_owner, lease_until, reason, gave_up_at, requested_at,
    lane
FROM jobs WHERE lease_owner = :owner
ORDER BY due_at, name, argument;

-- name: ensure(name, argument, due, now, lane, deadline)!
INSERT INTO jobs (name, argument, due_at, attempts, requested_at, lane, deadline)
VALUES (:name, :argument, :due, 0, :now, :lane, :deadline)
ON CONFLICT (name, argument) DO NOTHING;

-- name: list_jobs(given_up)
SELECT name, argument, due_at, attempts, lease_owner, lease_until, reason, gave_up_at, requested_at,
    lane
FROM jobs
WHERE CAST(:given_up AS BIGINT) IS NULL
   OR CAST(:given_up AS BIGINT) = CASE WHEN gave_up_at IS NULL THEN 0 ELSE 1 END
ORDER BY due_at, name, argument;
