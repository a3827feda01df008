"""SignalR Core's hub protocols: records out of a stream of bytes, and what their fields are called."""
