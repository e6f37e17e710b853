-- name: append(received_at, content_type, body, account)*!
INSERT INTO events (received_at, content_type, body, account, state, outcome)
VALUES (:received_at, :content_type, :body, :account, 'new', '');

-- name: unread(limit)
SELECT * FROM events WHERE state = 'new' ORDER BY id LIMIT :limit;

-- name: mark(id, state, outcome, uuid, event, mailbox_id, now)!
UPDATE events
SET state = :state, outcome = :outcome, uuid = :uuid, event = :event, mailbox_id = :mailbox_id,
    read_at = :now
WHERE id = :id;

-- name: newest(limit)
SELECT * FROM events ORDER BY id DESC LIMIT :limit;

-- name: newest_unreadable(limit)
SELECT * FROM events WHERE state = 'unreadable' ORDER BY id DESC LIMIT :limit;

-- name: forget(before)!
DELETE FROM events WHERE state = 'read' AND received_at < :before;

-- name: note_sign(name, at)!
INSERT INTO signs (name, at) VALUES (:name, :at)
ON CONFLICT (name) DO UPDATE SET at = excluded.at;

-- name: note_closing(now)!
INSERT INTO door_closings (started_at, ended_at)
SELECT at, :now FROM signs WHERE name = 'door' AND at < :now
ON CONFLICT (started_at) DO UPDATE SET ended_at = excluded.ended_at;

-- name: signs()
SELECT * FROM signs;

-- name: closings(since)
SELECT * FROM door_closings WHERE ended_at > :since ORDER BY started_at;

-- name: repeats()$
SELECT COUNT(*) AS events FROM (
    SELECT uuid FROM events WHERE uuid IS NOT NULL AND uuid <> '' GROUP BY uuid HAVING COUNT(*) > 1
) AS repeated;

-- name: last_arrival()$
SELECT MAX(received_at) AS at FROM events;
