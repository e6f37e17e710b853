-- name: add(id, kind, at, mailbox_id, fax_id, direction, number, facts)!
INSERT INTO outcomes (id, kind, at, mailbox_id, fax_id, direction, number, facts)
VALUES (:id, :kind, :at, :mailbox_id, :fax_id, :direction, :number, :facts)
ON CONFLICT (id) DO NOTHING;

-- name: find(id)^
SELECT id, kind, at, mailbox_id, fax_id, direction, number, facts FROM outcomes WHERE id = :id;

-- name: of_fax(fax_id)
SELECT id, kind, at, mailbox_id, fax_id, direction, number, facts FROM outcomes
WHERE fax_id = :fax_id ORDER BY seq;

-- name: after(seq, limit)
SELECT seq, id, kind, at, mailbox_id, fax_id, direction, number, facts FROM outcomes
WHERE seq > :seq ORDER BY seq LIMIT :limit;

-- name: untold(limit)
SELECT id, kind, at, mailbox_id, fax_id, direction, number, facts FROM outcomes
WHERE told_at IS NULL ORDER BY seq LIMIT :limit;

-- name: mark_told(id, at)*!
UPDATE outcomes SET told_at = :at WHERE id = :id AND told_at IS NULL;
