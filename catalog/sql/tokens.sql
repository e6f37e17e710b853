-- name: read(account)^
SELECT sealed, expires_at FROM api_tokens WHERE account = :account AND sealed IS NOT NULL;

-- name: claim_renewal(account, now, until)!
INSERT INTO api_tokens (account, expires_at, renewing_until) VALUES (:account, 0, :until)
ON CONFLICT (account) DO UPDATE SET renewing_until = excluded.renewing_until
WHERE api_tokens.renewing_until <= :now;

-- name: write(account, sealed, expires_at)!
INSERT INTO api_tokens (account, sealed, expires_at, renewing_until)
VALUES (:account, :sealed, :expires_at, 0)
ON CONFLICT (account) DO UPDATE
SET sealed = excluded.sealed, expires_at = excluded.expires_at, renewing_until = 0;

-- name: drop_token(account, sealed)!
UPDATE api_tokens SET sealed = NULL, expires_at = 0 WHERE account = :account AND sealed = :sealed;

-- name: release_renewal(account)!
UPDATE api_tokens SET renewing_until = 0 WHERE account = :account;
