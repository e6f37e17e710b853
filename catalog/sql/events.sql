-- name: append(received_at, content_type, body)*!
INSERT INTO events (received_at, content_type, body, state, outcome)
VALUES (:received_at, :content_type, :body, 'new', '');

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
