"""How much is found, how often wrongly, in which disguise, and at what cost."""
