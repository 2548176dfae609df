"""Letters of news to whoever asked for them."""
