-- name: get(name)^
SELECT * FROM logins WHERE name = :name;

-- name: everyone()
SELECT * FROM logins ORDER BY name;

-- name: mark_good(name, account, account_id, extension_id, person, scopes, good_at, ends_at, retention_days, hipaa, per_subscription)!
INSERT INTO logins
    (name, account, account_id, extension_id, person, scopes, good_at, ends_at, retention_days,
     hipaa, refusal, mailboxes_per_subscription)
VALUES
    (:name, :account, :account_id, :extension_id, :person, :scopes, :good_at, :ends_at,
     :retention_days, :hipaa, '', :per_subscription)
ON CONFLICT (name) DO UPDATE
SET account = excluded.account, account_id = excluded.account_id,
    extension_id = excluded.extension_id, person = excluded.person, scopes = excluded.scopes,
    good_at = excluded.good_at, ends_at = excluded.ends_at,
    retention_days = COALESCE(excluded.retention_days, logins.retention_days),
    hipaa = excluded.hipaa,
    refused_at = NULL, refusal = '';

-- name: mark_refused(name, account, refusal, at, per_subscription)!
INSERT INTO logins
    (name, account, person, scopes, refused_at, refusal, hipaa, mailboxes_per_subscription)
VALUES (:name, :account, '', '', :at, :refusal, 0, :per_subscription)
ON CONFLICT (name) DO UPDATE
SET refused_at = COALESCE(logins.refused_at, excluded.refused_at), refusal = excluded.refusal;

-- name: mark_skew(name, seconds, at)!
UPDATE logins SET skew_s = :seconds, skew_at = :at WHERE name = :name;

-- name: split_subscriptions(name, mailboxes)!
UPDATE logins SET mailboxes_per_subscription = :mailboxes WHERE name = :name;

-- name: forget(name)!
DELETE FROM logins WHERE name = :name;
