"""Files that leave a device or a server: exports that whoever holds them can check, and backups."""
