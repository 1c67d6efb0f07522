"""The publishers. Each source says what to request and how to read a reply; nothing here writes the store."""
