-- name: watch(id, account_id, extension_id, name, extension_number, login, added_at)!
INSERT INTO mailboxes (id, account_id, extension_id, name, extension_number, login, added_at)
VALUES (:id, :account_id, :extension_id, :name, :extension_number, :login, :added_at)
ON CONFLICT (id) DO UPDATE
SET name = excluded.name, extension_number = excluded.extension_number, login = excluded.login,
    status = CASE WHEN mailboxes.status = 'gone' THEN 'watched' ELSE mailboxes.status END,
    status_reason = CASE WHEN mailboxes.status = 'gone' THEN '' ELSE mailboxes.status_reason END;

-- name: restore(id, account_id, extension_id, since)!
INSERT INTO mailboxes (id, account_id, extension_id, name, extension_number, added_at)
VALUES (:id, :account_id, :extension_id, '', '', :since)
ON CONFLICT (id) DO UPDATE
SET added_at = CASE WHEN mailboxes.added_at > excluded.added_at THEN excluded.added_at
                    ELSE mailboxes.added_at END;

-- name: get(id)^
SELECT * FROM mailboxes WHERE id = :id;

-- name: everyone()
SELECT * FROM mailboxes ORDER BY added_at, id;

-- name: by_extension(extension_id)
SELECT * FROM mailboxes WHERE extension_id = :extension_id ORDER BY id;

-- name: save_sync_token(id, token, at)!
UPDATE mailboxes SET sync_token = :token, synced_at = :at WHERE id = :id;

-- name: forget_sync_token(id)!
UPDATE mailboxes SET sync_token = NULL WHERE id = :id;

-- name: mark_looked(id, at)!
UPDATE mailboxes
SET looked_at = :at,
    status = CASE WHEN status = 'unreachable' THEN 'watched' ELSE status END,
    status_reason = CASE WHEN status = 'unreachable' THEN '' ELSE status_reason END
WHERE id = :id;

-- name: mark_unreachable(id, reason)!
UPDATE mailboxes SET status = 'unreachable', status_reason = :reason
WHERE id = :id AND status = 'watched';

-- name: mark_gone(id, reason)!
UPDATE mailboxes SET status = 'gone', status_reason = :reason
WHERE id = :id AND status <> 'gone';

-- name: mark_called(id, at)!
UPDATE mailboxes SET called_at = :at, uncalled_reason = '', uncalled_until = NULL WHERE id = :id;

-- name: mark_uncalled(id, reason, until)!
UPDATE mailboxes SET uncalled_reason = :reason, uncalled_until = :until WHERE id = :id;

-- name: mark_listed(id, at, from_at, count, peak)!
UPDATE mailboxes
SET listed_at = :at, listed_from_at = :from_at, listed_count = :count, peak_per_hour = :peak
WHERE id = :id;

-- name: forget_if_empty(id)!
DELETE FROM mailboxes
WHERE id = :id AND NOT EXISTS (SELECT 1 FROM faxes WHERE faxes.mailbox_id = mailboxes.id);
