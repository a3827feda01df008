"""Socket.IO's packets: their text form, their msgpack form, their attachments."""
