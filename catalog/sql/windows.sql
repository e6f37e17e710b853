-- name: overlapping(mailbox_id, start, end)
SELECT * FROM blind_windows
WHERE mailbox_id = :mailbox_id
  AND (CAST(:end AS TEXT) IS NULL OR started_at <= :end)
  AND (ended_at IS NULL OR ended_at >= :start)
ORDER BY started_at;

-- name: remove(mailbox_id, started_at)!
DELETE FROM blind_windows WHERE mailbox_id = :mailbox_id AND started_at = :started_at;

-- name: add(mailbox_id, started_at, ended_at, cause, listed_at)!
INSERT INTO blind_windows (mailbox_id, started_at, ended_at, cause, listed_at)
VALUES (:mailbox_id, :started_at, :ended_at, :cause, :listed_at);

-- name: open_of(mailbox_id)^
SELECT * FROM blind_windows WHERE mailbox_id = :mailbox_id AND ended_at IS NULL;

-- name: end_open(mailbox_id, at)!
UPDATE blind_windows
SET ended_at = CASE WHEN started_at > :at THEN started_at ELSE :at END
WHERE mailbox_id = :mailbox_id AND ended_at IS NULL;

-- name: mark_listed(mailbox_id, at)!
UPDATE blind_windows SET listed_at = :at
WHERE mailbox_id = :mailbox_id AND listed_at IS NULL AND ended_at <= :at;

-- name: windows(since)
SELECT * FROM blind_windows WHERE ended_at IS NULL OR ended_at >= :since
ORDER BY started_at DESC, mailbox_id;

-- name: found(mailbox_id, start, end)$
SELECT COUNT(*) AS faxes FROM faxes
WHERE mailbox_id = :mailbox_id AND created_at >= :start AND created_at < :end;

-- name: called_late()$
SELECT COUNT(*) AS faxes
FROM faxes JOIN blind_windows AS blind ON blind.mailbox_id = faxes.mailbox_id
    AND faxes.created_at >= blind.started_at AND faxes.created_at < blind.ended_at
WHERE faxes.found_by = 'event';

-- name: remember(id, login, address, expires_at, seen_at)!
INSERT INTO subscriptions (id, login, address, expires_at, seen_at)
VALUES (:id, :login, :address, :expires_at, :seen_at)
ON CONFLICT (id) DO UPDATE
SET login = excluded.login, address = excluded.address, expires_at = excluded.expires_at,
    seen_at = excluded.seen_at;

-- name: own(login)
SELECT * FROM subscriptions WHERE login = :login;

-- name: forget(id)!
DELETE FROM subscriptions WHERE id = :id;
