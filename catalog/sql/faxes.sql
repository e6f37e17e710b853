-- name: get(id)^
SELECT * FROM faxes WHERE id = :id;

-- name: find(text)
SELECT * FROM faxes WHERE id = :text
UNION
SELECT * FROM faxes WHERE message_id = :text
ORDER BY id;

-- name: insert(id, account_id, mailbox_id, message_id, direction, message_status, read_status, availability, created_at, modified_at, pages, resolution, subject, from_number, from_name, raw, origin, found_by, state, state_reason, state_at, folder, revision, version, unrecorded, first_seen_at, availability_at, evidence, listed_at, unlisted_at)!
INSERT INTO faxes
    (id, account_id, mailbox_id, message_id, direction, message_status, read_status, availability,
     created_at, modified_at, pages, resolution, subject, from_number, from_name, raw, origin,
     found_by, state, state_reason, state_at, folder, revision, version, unrecorded, first_seen_at,
     availability_at, evidence, listed_at, unlisted_at)
VALUES
    (:id, :account_id, :mailbox_id, :message_id, :direction, :message_status, :read_status,
     :availability, :created_at, :modified_at, :pages, :resolution, :subject, :from_number,
     :from_name, :raw, :origin, :found_by, :state, :state_reason, :state_at, :folder, :revision,
     :version, :unrecorded, :first_seen_at, :availability_at, :evidence, :listed_at, :unlisted_at)
ON CONFLICT (id) DO NOTHING;

-- name: renew(id, message_status, read_status, availability, created_at, modified_at, pages, resolution, subject, from_number, from_name, raw, origin, changed, now)!
UPDATE faxes
SET message_status = :message_status, read_status = :read_status,
    availability_at = CASE WHEN availability <> :availability THEN :now ELSE availability_at END,
    availability = :availability,
    created_at = :created_at, modified_at = :modified_at, pages = :pages, resolution = :resolution,
    subject = :subject, from_number = :from_number, from_name = :from_name, raw = :raw,
    origin = :origin,
    version = version + :changed,
    unrecorded = CASE WHEN :changed = 1 AND state = 'archived' THEN 1 ELSE unrecorded END
WHERE id = :id;

-- name: set_direction(id, direction, created_at)!
UPDATE faxes SET direction = :direction, created_at = :created_at WHERE id = :id;

-- name: set_availability(id, availability, now)!
UPDATE faxes
SET availability = :availability, availability_at = :now,
    version = version + 1,
    unrecorded = CASE WHEN state = 'archived' THEN 1 ELSE unrecorded END
WHERE id = :id AND availability <> :availability;

-- name: mark_news(id)!
UPDATE faxes
SET version = version + 1,
    unrecorded = CASE WHEN state = 'archived' THEN 1 ELSE unrecorded END
WHERE id = :id;

-- name: recipients(fax_id)
SELECT recipient_id, number, name, status, error_code
FROM recipients WHERE fax_id = :fax_id ORDER BY position;

-- name: drop_recipients(fax_id)!
DELETE FROM recipients WHERE fax_id = :fax_id;

-- name: add_recipients(fax_id, position, recipient_id, number, name, status, error_code)*!
INSERT INTO recipients (fax_id, position, recipient_id, number, name, status, error_code)
VALUES (:fax_id, :position, :recipient_id, :number, :name, :status, :error_code);

-- name: steps(fax_id)
SELECT position, step, status, error_code, seen_at, raw
FROM delivery_steps WHERE fax_id = :fax_id ORDER BY position, step;

-- name: add_steps(fax_id, position, step, status, error_code, seen_at, raw)*!
INSERT INTO delivery_steps (fax_id, position, step, status, error_code, seen_at, raw)
VALUES (:fax_id, :position, :step, :status, :error_code, :seen_at, :raw);

-- One page of a list, by the condition that narrows it most: each of the four walks its own index.

-- name: newest(direction, since, below_at, below_id, limit)
SELECT * FROM faxes
WHERE created_at >= :since AND (created_at, id) < (:below_at, :below_id)
  AND (CAST(:direction AS TEXT) IS NULL OR direction = :direction)
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- name: newest_in_state(direction, state, since, below_at, below_id, limit)
SELECT * FROM faxes
WHERE state = :state
  AND created_at >= :since AND (created_at, id) < (:below_at, :below_id)
  AND (CAST(:direction AS TEXT) IS NULL OR direction = :direction)
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- name: newest_in_mailbox(mailbox, direction, state, since, below_at, below_id, limit)
SELECT * FROM faxes
WHERE mailbox_id = :mailbox
  AND created_at >= :since AND (created_at, id) < (:below_at, :below_id)
  AND (CAST(:state AS TEXT) IS NULL OR state = :state)
  AND (CAST(:direction AS TEXT) IS NULL OR direction = :direction)
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- name: newest_with_number(number, mailbox, direction, state, since, below_at, below_id, limit)
SELECT * FROM faxes
WHERE id IN (SELECT id FROM faxes WHERE from_number = :number
             UNION SELECT fax_id FROM recipients WHERE number = :number)
  AND created_at >= :since AND (created_at, id) < (:below_at, :below_id)
  AND (CAST(:mailbox AS TEXT) IS NULL OR mailbox_id = :mailbox)
  AND (CAST(:state AS TEXT) IS NULL OR state = :state)
  AND (CAST(:direction AS TEXT) IS NULL OR direction = :direction)
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- name: count_by_state()
SELECT state, COUNT(*) AS faxes FROM faxes GROUP BY state ORDER BY state;

-- name: mark_archived(id, folder, now, seen)!
UPDATE faxes
SET state = 'archived', state_reason = '', evidence = '', state_at = :now, folder = :folder,
    revision = 1,
    unrecorded = CASE WHEN version = COALESCE(CAST(:seen AS BIGINT), version) THEN 0 ELSE 1 END
WHERE id = :id AND state <> 'archived';

-- name: mark_amended(id, revision, seen)!
UPDATE faxes
SET revision = :revision,
    unrecorded = CASE WHEN version = COALESCE(CAST(:seen AS BIGINT), version) THEN 0 ELSE 1 END
WHERE id = :id AND state = 'archived' AND revision < :revision;

-- name: mark_unarchived(id, state, reason, evidence, now)!
UPDATE faxes
SET state = :state, state_reason = :reason, evidence = :evidence, state_at = :now
WHERE id = :id AND state <> 'archived' AND NOT (state = 'lost' AND :state = 'lost');

-- name: mark_found(id, direction, availability, now)!
UPDATE faxes
SET state = 'pending', state_reason = '', evidence = '', state_at = :now, direction = :direction,
    availability_at = CASE WHEN availability <> :availability THEN :now ELSE availability_at END,
    availability = :availability
WHERE id = :id AND state = 'lost';

-- name: mark_listed(id, at)*!
UPDATE faxes SET listed_at = :at, unlisted_at = NULL WHERE id = :id;

-- name: mark_unlisted(id, at)*!
UPDATE faxes SET unlisted_at = :at WHERE id = :id AND unlisted_at IS NULL;

-- name: unlisted(mailbox_id, since, at)
SELECT * FROM faxes
WHERE mailbox_id = :mailbox_id AND created_at >= :since AND unlisted_at IS NULL
  AND (listed_at IS NULL OR listed_at < :at) AND first_seen_at < :at
  AND availability <> 'Purged' AND state <> 'lost' AND origin <> 'import'
ORDER BY created_at, id;

-- name: of_day(mailbox_id, start, end)
SELECT * FROM faxes
WHERE mailbox_id = :mailbox_id AND created_at >= :start AND created_at < :end
  AND origin <> 'import'
ORDER BY created_at, id;

-- name: unfinished(limit)
SELECT open_faxes.id AS id, mailboxes.login AS login FROM (
    SELECT id, mailbox_id, created_at FROM faxes
    WHERE state IN ('pending', 'refused') AND availability <> 'Purged' AND origin <> 'import'
      AND (NOT (direction = 'Outbound' AND message_status = 'Queued')
           OR mailbox_id IN (SELECT gone.id FROM mailboxes AS gone WHERE gone.status = 'gone'))
    UNION ALL
    SELECT id, mailbox_id, created_at FROM faxes WHERE unrecorded = 1
) AS open_faxes JOIN mailboxes ON mailboxes.id = open_faxes.mailbox_id
WHERE mailboxes.login <> ''
  AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.argument = open_faxes.id)
ORDER BY open_faxes.created_at, open_faxes.id
LIMIT :limit;

-- name: unended(since, until, limit)
SELECT * FROM faxes
WHERE id IN (
    SELECT id FROM faxes
    WHERE direction = 'Outbound' AND message_status NOT IN ('Sent', 'Delivered', 'SendingFailed', 'DeliveryFailed')
      AND created_at >= :since AND created_at < :until
    UNION
    SELECT fax_id FROM recipients
    WHERE status NOT IN ('Sent', 'Delivered', 'SendingFailed', 'DeliveryFailed', 'Received'))
  AND direction = 'Outbound' AND created_at >= :since AND created_at < :until
  AND availability = 'Alive' AND state <> 'lost' AND origin NOT IN ('import', 'call-log')
ORDER BY created_at, id
LIMIT :limit;
