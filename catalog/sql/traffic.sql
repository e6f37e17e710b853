-- name: received_by_hour(mailbox_id, since)
SELECT substr(created_at, 1, 13) AS hour, COUNT(*) AS faxes FROM faxes
WHERE mailbox_id = :mailbox_id AND created_at >= :since AND direction = 'Inbound' AND origin <> 'import'
GROUP BY 1 ORDER BY 1;

-- name: received_since(since)
SELECT mailbox_id, COUNT(*) AS faxes FROM faxes
WHERE created_at >= :since AND direction = 'Inbound' AND origin <> 'import'
GROUP BY 1;

-- name: last_received()
SELECT mailboxes.id AS mailbox_id,
    (SELECT MAX(created_at) FROM faxes
     WHERE faxes.mailbox_id = mailboxes.id AND direction = 'Inbound' AND origin <> 'import') AS created_at
FROM mailboxes;

-- name: inbox(mailbox_id, limit)
SELECT created_at FROM faxes
WHERE mailbox_id = :mailbox_id AND direction = 'Inbound' AND origin <> 'import' AND availability = 'Alive'
  AND unlisted_at IS NULL AND state <> 'lost'
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- name: waiting(limit)
SELECT id, mailbox_id, direction, created_at FROM faxes
WHERE state IN ('pending', 'refused') AND availability <> 'Purged' AND origin <> 'import'
  AND NOT (direction = 'Outbound' AND message_status = 'Queued')
ORDER BY created_at, id
LIMIT :limit;

-- name: states_since(since)
SELECT state, COUNT(*) AS faxes FROM faxes
WHERE state IN ('refused', 'lost') AND state_at >= :since
GROUP BY 1;

-- name: documents_by_kind()
SELECT kind, COUNT(*) AS documents FROM documents WHERE source = '' GROUP BY 1 ORDER BY 1;

-- name: archived_bytes(since)$
SELECT SUM(documents.size) AS bytes
FROM faxes JOIN documents ON documents.fax_id = faxes.id
WHERE faxes.created_at >= :since AND faxes.state = 'archived';
