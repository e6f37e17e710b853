-- name: put(fax_id, position, attachment_id, name, sha256, size, content_type, kind, pages, note)*!
INSERT INTO documents
    (fax_id, position, attachment_id, name, sha256, size, content_type, kind, pages, note)
VALUES
    (:fax_id, :position, :attachment_id, :name, :sha256, :size, :content_type, :kind, :pages, :note)
ON CONFLICT (fax_id, position) DO UPDATE
SET attachment_id = excluded.attachment_id, name = excluded.name, sha256 = excluded.sha256,
    size = excluded.size, content_type = excluded.content_type, kind = excluded.kind,
    pages = excluded.pages, note = excluded.note;

-- name: of_fax(fax_id)
SELECT position, attachment_id, name, sha256, size, content_type, kind, pages, note
FROM documents WHERE fax_id = :fax_id ORDER BY position;
