-- name: add(mailbox_id, day, revision, at, listed_at, file, sha256, content, listed, archived, pending, refused, lost, seq, contradiction)!
INSERT INTO day_statements
    (mailbox_id, day, revision, at, listed_at, file, sha256, content, listed, archived, pending,
     refused, lost, seq, contradiction)
VALUES
    (:mailbox_id, :day, :revision, :at, :listed_at, :file, :sha256, :content, :listed, :archived,
     :pending, :refused, :lost, :seq, :contradiction);

-- name: latest(mailbox_id, day)^
SELECT * FROM day_statements WHERE mailbox_id = :mailbox_id AND day = :day
ORDER BY revision DESC LIMIT 1;

-- name: between(first_day, last_day)
SELECT * FROM day_statements AS newest
WHERE day >= :first_day AND day <= :last_day
  AND revision = (SELECT MAX(revision) FROM day_statements AS others
                  WHERE others.mailbox_id = newest.mailbox_id AND others.day = newest.day)
ORDER BY day, mailbox_id;

-- name: last_day(mailbox_id)^
SELECT * FROM day_statements WHERE mailbox_id = :mailbox_id
ORDER BY day DESC, revision DESC LIMIT 1;

-- name: contradict(mailbox_id, day, revision, contradiction)!
UPDATE day_statements SET contradiction = :contradiction
WHERE mailbox_id = :mailbox_id AND day = :day AND revision = :revision;

-- name: contradicted()
SELECT * FROM day_statements WHERE contradiction <> '' ORDER BY at DESC, mailbox_id, day;

-- name: days_of_change(mailbox_id, since)
SELECT DISTINCT substr(created_at, 1, 10) AS day FROM faxes
WHERE mailbox_id = :mailbox_id AND origin <> 'import'
  AND (state_at >= :since
       OR NOT EXISTS (SELECT 1 FROM day_statements AS stated
                      WHERE stated.mailbox_id = faxes.mailbox_id
                        AND stated.day = substr(faxes.created_at, 1, 10)))
ORDER BY 1;
