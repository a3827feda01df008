"""The console: see the attack, understand it, act on it. A process of its own, apart from traffic."""
