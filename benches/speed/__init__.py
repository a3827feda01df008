"""What passing through costs: Framewall beside proxies that look at nothing, and beside those that look."""
