-- name: note(topic, value, at)!
INSERT INTO observations (topic, value, times, first_at, last_at)
VALUES (:topic, :value, 1, :at, :at)
ON CONFLICT (topic, value) DO UPDATE
SET times = observations.times + 1, last_at = excluded.last_at;

-- name: everything()
SELECT * FROM observations ORDER BY topic, last_at DESC, value;

-- name: seen(topic, since)$
SELECT COUNT(*) AS seen FROM observations WHERE topic = :topic AND last_at >= :since;
