"""Engine.IO 3 and 4: what carries Socket.IO."""
