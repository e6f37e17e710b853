-- What stands beside the faxes created in a time, one statement for all of them.

-- name: recipients(since, until)
SELECT recipients.fax_id AS fax_id, recipient_id, number, name, status, error_code
FROM faxes JOIN recipients ON recipients.fax_id = faxes.id
WHERE faxes.created_at >= :since AND faxes.created_at < :until
ORDER BY recipients.fax_id, recipients.position;

-- name: steps(since, until)
SELECT delivery_steps.fax_id AS fax_id, position, seen_at
FROM faxes JOIN delivery_steps ON delivery_steps.fax_id = faxes.id
WHERE faxes.created_at >= :since AND faxes.created_at < :until
ORDER BY delivery_steps.fax_id, position, step;

-- name: documents(since, until)
SELECT documents.fax_id AS fax_id, position, attachment_id, documents.name AS name, sha256, size, content_type, kind,
    documents.pages AS pages, note, source
FROM faxes JOIN documents ON documents.fax_id = faxes.id
WHERE faxes.created_at >= :since AND faxes.created_at < :until
ORDER BY documents.fax_id, position;

-- name: calls(since, until)
SELECT fax_id, position, started_at, seconds, result
FROM faxes JOIN call_records ON call_records.fax_id = faxes.id
WHERE faxes.created_at >= :since AND faxes.created_at < :until
ORDER BY fax_id, started_at, call_records.id;

-- name: lines(since, until)
SELECT ledger.fax_id AS fax_id, MAX(seq) AS seq
FROM faxes JOIN ledger ON ledger.fax_id = faxes.id
WHERE faxes.created_at >= :since AND faxes.created_at < :until AND kind IN ('archived', 'lost')
GROUP BY ledger.fax_id;

-- name: sendings(since, until)
SELECT faxes.id AS fax_id, sendings.id AS id, requested_by
FROM faxes JOIN sendings
    ON sendings.mailbox_id = faxes.mailbox_id AND sendings.message_id = faxes.message_id
WHERE faxes.created_at >= :since AND faxes.created_at < :until;
