-- name: open_alarms()
SELECT * FROM alarms WHERE cleared_at IS NULL ORDER BY raised_at, kind, subject;

-- name: put(kind, subject, raised_at, cleared_at, severity, words, advice)*!
INSERT INTO alarms (kind, subject, raised_at, cleared_at, severity, words, advice)
VALUES (:kind, :subject, :raised_at, :cleared_at, :severity, :words, :advice)
ON CONFLICT (kind, subject, raised_at) DO UPDATE
SET cleared_at = NULL, severity = excluded.severity, words = excluded.words,
    advice = excluded.advice;

-- name: renew(kind, subject, raised_at, severity, words, advice)!
UPDATE alarms SET severity = :severity, words = :words, advice = :advice
WHERE kind = :kind AND subject = :subject AND raised_at = :raised_at;

-- name: clear(kind, subject, raised_at, at)!
UPDATE alarms SET cleared_at = :at
WHERE kind = :kind AND subject = :subject AND raised_at = :raised_at;

-- name: latest(kind, subject, since)^
SELECT * FROM alarms
WHERE kind = :kind AND subject = :subject AND (cleared_at IS NULL OR cleared_at >= :since)
ORDER BY raised_at DESC LIMIT 1;

-- name: newest(limit)
SELECT * FROM alarms ORDER BY raised_at DESC, kind, subject LIMIT :limit;
