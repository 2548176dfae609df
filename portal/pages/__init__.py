"""Pages, articles, the communication plan and printed products."""
