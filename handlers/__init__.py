"""What one notification means, and what must happen to a mailbox because of it."""
