-- name: insert(id, mailbox_id, state, state_at, reason, advice, origin, requested_by, requested_at, due_at, send_at, cover_index, cover_text, resolution, country, original_message_id, attempts, attempted_at, looks, looked_at, message_id, decided_by, key_scope, key_value, key_fingerprint, has_files)!
INSERT INTO sendings (id, mailbox_id, state, state_at, reason, advice, origin, requested_by,
    requested_at, due_at, send_at, cover_index, cover_text, resolution, country,
    original_message_id, attempts, attempted_at, looks, looked_at, message_id, decided_by,
    key_scope, key_value, key_fingerprint, has_files)
VALUES (:id, :mailbox_id, :state, :state_at, :reason, :advice, :origin, :requested_by,
    :requested_at, :due_at, :send_at, :cover_index, :cover_text, :resolution, :country,
    :original_message_id, :attempts, :attempted_at, :looks, :looked_at, :message_id, :decided_by,
    :key_scope, :key_value, :key_fingerprint, :has_files);

-- name: add_recipients(sending_id, position, number, name)*!
INSERT INTO sending_recipients (sending_id, position, number, name)
VALUES (:sending_id, :position, :number, :name);

-- name: add_documents(sending_id, position, name, content_type, size, sha256, pages)*!
INSERT INTO sending_documents (sending_id, position, name, content_type, size, sha256, pages)
VALUES (:sending_id, :position, :name, :content_type, :size, :sha256, :pages);

-- name: get(id)^
SELECT * FROM sendings WHERE id = :id;

-- name: by_key(scope, key)^
SELECT * FROM sendings WHERE key_scope = :scope AND key_value = :key;

-- name: by_message(mailbox_id, message_id)^
SELECT * FROM sendings WHERE mailbox_id = :mailbox_id AND message_id = :message_id;

-- name: recipients(sending_id)
SELECT number, name FROM sending_recipients WHERE sending_id = :sending_id ORDER BY position;

-- name: documents(sending_id)
SELECT position, name, content_type, size, sha256, pages
FROM sending_documents WHERE sending_id = :sending_id ORDER BY position;

-- name: begin(id, now)^
UPDATE sendings
SET state = 'sending', state_at = :now, reason = '', advice = '', attempts = attempts + 1,
    attempted_at = :now, looks = 0, looked_at = NULL
WHERE id = :id AND state = 'waiting'
RETURNING *;

-- name: change(id, was, attempted_at, state, reason, advice, decided_by, now)!
UPDATE sendings
SET state = :state, state_at = :now, reason = :reason, advice = :advice,
    due_at = CASE WHEN :decided_by <> '' AND :state = 'waiting' THEN :now ELSE due_at END,
    decided_by = CASE WHEN :decided_by = '' THEN decided_by ELSE :decided_by END
WHERE id = :id AND state = :was
  AND (CAST(:attempted_at AS TEXT) IS NULL OR attempted_at = :attempted_at);

-- name: release(id, attempted_at, reason, now)!
UPDATE sendings
SET state = 'waiting', state_at = :now, reason = :reason, attempts = attempts - 1
WHERE id = :id AND state = 'sending' AND attempted_at = :attempted_at;

-- name: mark_sent(id, was, attempted_at, message_id, decided_by, now)!
UPDATE sendings
SET state = 'sent', state_at = :now, reason = '', advice = '', message_id = :message_id,
    decided_by = CASE WHEN :decided_by = '' THEN decided_by ELSE :decided_by END
WHERE id = :id AND state = :was
  AND (CAST(:attempted_at AS TEXT) IS NULL OR attempted_at = :attempted_at);

-- name: mark_looked(id, now)!
UPDATE sendings SET looks = looks + 1, looked_at = :now WHERE id = :id AND state = 'sending';

-- name: explain(id, reason)!
UPDATE sendings SET reason = :reason WHERE id = :id AND state = 'sending';

-- name: rival(id, mailbox_id)$
-- Another one whose fate is open, to a number that this one goes to as well.
SELECT sendings.id FROM sendings
WHERE sendings.state = 'sending' AND sendings.id <> :id AND sendings.mailbox_id = :mailbox_id
  AND EXISTS (
    SELECT 1 FROM sending_recipients AS theirs
    JOIN sending_recipients AS ours ON ours.number = theirs.number
    WHERE theirs.sending_id = sendings.id AND ours.sending_id = :id)
ORDER BY sendings.id
LIMIT 1;

-- name: newest(mailbox_id, state, below_at, below_id, limit)
SELECT * FROM sendings
WHERE (requested_at, id) < (:below_at, :below_id)
  AND (CAST(:mailbox_id AS TEXT) IS NULL OR mailbox_id = :mailbox_id)
  AND (CAST(:state AS TEXT) IS NULL OR state = :state)
ORDER BY requested_at DESC, id DESC
LIMIT :limit;

-- name: count_by_state()
SELECT state, COUNT(*) AS sendings FROM sendings GROUP BY state ORDER BY state;

-- name: oldest_unsure()$
SELECT MIN(state_at) AS at FROM sendings WHERE state = 'unsure';

-- name: unfinished(limit)
SELECT sendings.id AS id, sendings.due_at AS due_at, mailboxes.login AS login
FROM sendings JOIN mailboxes ON mailboxes.id = sendings.mailbox_id
WHERE sendings.state IN ('waiting', 'sending') AND mailboxes.login <> ''
  AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.name = 'send' AND jobs.argument = sendings.id)
ORDER BY sendings.due_at, sendings.id
LIMIT :limit;

-- name: late(before, limit)
SELECT * FROM sendings WHERE state = 'waiting' AND due_at < :before
ORDER BY due_at, id
LIMIT :limit;

-- name: given_up(limit)
SELECT sendings.* FROM sendings
JOIN jobs ON jobs.name = 'send' AND jobs.argument = sendings.id
WHERE sendings.state = 'sending' AND jobs.gave_up_at IS NOT NULL
ORDER BY sendings.id
LIMIT :limit;

-- name: settled_with_files(ended_before, unknown_before, limit)
-- Its bytes are needed no more: RingCentral has come to an end with the fax, or nobody will send it.
SELECT sendings.id AS id FROM sendings
LEFT JOIN faxes ON faxes.message_id = sendings.message_id AND faxes.mailbox_id = sendings.mailbox_id
WHERE sendings.has_files = 1
  AND ((sendings.state IN ('refused', 'cancelled', 'expired') AND sendings.state_at < :ended_before)
    OR (sendings.state = 'sent' AND (sendings.state_at < :unknown_before
        OR faxes.message_status NOT IN ('', 'Queued'))))
ORDER BY sendings.state_at, sendings.id
LIMIT :limit;

-- name: forget_files(id)!
UPDATE sendings SET has_files = 0 WHERE id = :id;
