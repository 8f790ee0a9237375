"""The facts: envelope, bodies by theme, registry, codec and upcasters."""
