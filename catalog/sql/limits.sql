-- name: get(user, group)^
SELECT * FROM rate_limits WHERE user_id = :user AND grp = :group;

-- name: learn(user, group, limit, window, now)!
INSERT INTO rate_limits (user_id, grp, call_limit, window_s, learned_at, paused_until)
VALUES (:user, :group, :limit, :window, :now, 0)
ON CONFLICT (user_id, grp) DO UPDATE
SET call_limit = excluded.call_limit, window_s = excluded.window_s,
    learned_at = excluded.learned_at
WHERE rate_limits.call_limit IS NULL OR rate_limits.call_limit <> excluded.call_limit
   OR rate_limits.window_s <> excluded.window_s;

-- name: pause(user, group, until)!
INSERT INTO rate_limits (user_id, grp, paused_until)
VALUES (:user, :group, :until)
ON CONFLICT (user_id, grp) DO UPDATE SET paused_until = excluded.paused_until
WHERE rate_limits.paused_until < excluded.paused_until;

-- name: free_slots(user, group, horizon)!
DELETE FROM rate_slots WHERE user_id = :user AND grp = :group AND used_at <= :horizon;

-- name: pull_back(user, group, now)!
UPDATE rate_slots SET used_at = :now WHERE user_id = :user AND grp = :group AND used_at > :now;

-- name: used_slots(user, group)^
SELECT COUNT(*) AS used, COALESCE(MAX(slot), 0) AS last, COALESCE(MAX(used_at), 0) AS newest
FROM rate_slots WHERE user_id = :user AND grp = :group;

-- name: used_at(user, group, skip)$
SELECT used_at FROM rate_slots WHERE user_id = :user AND grp = :group
ORDER BY used_at, slot LIMIT 1 OFFSET :skip;

-- name: use_slots(user, group, slot, at)*!
INSERT INTO rate_slots (user_id, grp, slot, used_at) VALUES (:user, :group, :slot, :at);
