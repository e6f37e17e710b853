-- name: add(id, name, hash, scopes, mailboxes, created_at, expires_at)!
INSERT INTO access_tokens (id, name, hash, scopes, mailboxes, created_at, expires_at)
VALUES (:id, :name, :hash, :scopes, :mailboxes, :created_at, :expires_at);

-- name: get(id)^
SELECT * FROM access_tokens WHERE id = :id;

-- name: named(text)
SELECT * FROM access_tokens WHERE (id = :text OR name = :text) AND revoked_at IS NULL ORDER BY id;

-- name: everyone()
SELECT * FROM access_tokens ORDER BY created_at, id;

-- name: revoke(id, at)!
UPDATE access_tokens SET revoked_at = :at WHERE id = :id AND revoked_at IS NULL;

-- name: mark_used(id, at)!
UPDATE access_tokens SET used_at = :at WHERE id = :id;
