-- name: put_extension(account_id, extension_id, account, name, number, kind, status, unwatched_reason, seen_at)*!
INSERT INTO extensions
    (account_id, extension_id, account, name, number, kind, status, unwatched_reason, seen_at)
VALUES
    (:account_id, :extension_id, :account, :name, :number, :kind, :status, :unwatched_reason,
     :seen_at)
ON CONFLICT (account_id, extension_id) DO UPDATE
SET account = excluded.account, name = excluded.name, number = excluded.number,
    kind = excluded.kind, status = excluded.status,
    unwatched_reason = excluded.unwatched_reason, seen_at = excluded.seen_at, gone_at = NULL;

-- name: end_extensions(account, now)!
UPDATE extensions SET gone_at = :now
WHERE account = :account AND seen_at <> :now AND gone_at IS NULL;

-- name: forget_extensions(account)!
DELETE FROM extensions WHERE account = :account;

-- name: extensions()
SELECT * FROM extensions
ORDER BY CASE WHEN gone_at IS NULL THEN 0 ELSE 1 END, account, number, extension_id;

-- name: put_number(account_id, number, account, usage, kind, extension_id, seen_at)*!
INSERT INTO fax_numbers (account_id, number, account, usage, kind, extension_id, seen_at)
VALUES (:account_id, :number, :account, :usage, :kind, :extension_id, :seen_at)
ON CONFLICT (account_id, number) DO UPDATE
SET account = excluded.account, usage = excluded.usage, kind = excluded.kind,
    extension_id = excluded.extension_id, seen_at = excluded.seen_at, gone_at = NULL;

-- name: end_numbers(account, now)!
UPDATE fax_numbers SET gone_at = :now
WHERE account = :account AND seen_at <> :now AND gone_at IS NULL;

-- name: forget_numbers(account)!
DELETE FROM fax_numbers WHERE account = :account;

-- name: numbers()
SELECT * FROM fax_numbers ORDER BY account, number;
