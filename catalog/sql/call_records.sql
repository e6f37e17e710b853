-- name: get(account_id, id)^
SELECT * FROM call_records WHERE account_id = :account_id AND id = :id;

-- name: insert(account_id, id, mailbox_id, fax_id, position, joined_by, direction, started_at, seconds, result, reason, from_number, to_number, raw, seen_at)!
INSERT INTO call_records
    (account_id, id, mailbox_id, fax_id, position, joined_by, direction, started_at, seconds,
     result, reason, from_number, to_number, raw, seen_at)
VALUES
    (:account_id, :id, :mailbox_id, :fax_id, :position, :joined_by, :direction, :started_at,
     :seconds, :result, :reason, :from_number, :to_number, :raw, :seen_at)
ON CONFLICT (account_id, id) DO NOTHING;

-- name: renew(account_id, id, mailbox_id, fax_id, position, joined_by, direction, started_at, seconds, result, reason, from_number, to_number, raw, seen_at)!
UPDATE call_records
SET mailbox_id = :mailbox_id, fax_id = :fax_id, position = :position, joined_by = :joined_by,
    direction = :direction, started_at = :started_at, seconds = :seconds, result = :result,
    reason = :reason, from_number = :from_number, to_number = :to_number, raw = :raw,
    seen_at = :seen_at
WHERE account_id = :account_id AND id = :id;

-- name: of_fax(fax_id)
SELECT * FROM call_records WHERE fax_id = :fax_id
ORDER BY CASE WHEN position IS NULL THEN 1 ELSE 0 END, position,
    CASE WHEN started_at IS NULL THEN 1 ELSE 0 END, started_at, id;

-- name: newest(since, mailbox_id, limit)
SELECT * FROM call_records
WHERE started_at >= :since
  AND (CAST(:mailbox_id AS TEXT) IS NULL OR mailbox_id = :mailbox_id)
ORDER BY started_at DESC, id DESC
LIMIT :limit;

-- name: begun(mailbox_id, since, until)
SELECT * FROM call_records
WHERE mailbox_id = :mailbox_id AND started_at >= :since AND started_at < :until
ORDER BY started_at, id;

-- name: awaited(account_id, since)$
SELECT COUNT(*) AS ends
FROM delivery_steps AS step JOIN faxes ON faxes.id = step.fax_id
WHERE step.seen_at >= :since AND faxes.account_id = :account_id AND faxes.direction = 'Outbound'
  AND step.status IN ('Sent', 'Delivered', 'SendingFailed', 'DeliveryFailed')
  AND NOT EXISTS (SELECT 1 FROM call_records AS known WHERE known.fax_id = step.fax_id
                  AND COALESCE(known.position, step.position) = step.position);

-- name: readers()
SELECT * FROM call_log_readers ORDER BY login;

-- name: note_reader(login, way, way_at, read_at)!
INSERT INTO call_log_readers (login, way, way_at, read_at)
VALUES (:login, :way, :way_at, :read_at)
ON CONFLICT (login) DO UPDATE
SET way = excluded.way, way_at = excluded.way_at,
    read_at = COALESCE(excluded.read_at, call_log_readers.read_at);
