-- name: watch(id, account_id, extension_id, name, extension_number, added_at)!
INSERT INTO mailboxes (id, account_id, extension_id, name, extension_number, added_at)
VALUES (:id, :account_id, :extension_id, :name, :extension_number, :added_at)
ON CONFLICT (id) DO UPDATE
SET name = excluded.name, extension_number = excluded.extension_number;

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
UPDATE mailboxes SET looked_at = :at WHERE id = :id;

-- name: forget_if_empty(id)!
DELETE FROM mailboxes
WHERE id = :id AND NOT EXISTS (SELECT 1 FROM faxes WHERE faxes.mailbox_id = mailboxes.id);
