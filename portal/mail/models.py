"""Letters: what was sent to whom and when; one outbox for the whole portal."""
