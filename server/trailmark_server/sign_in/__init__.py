"""Who is at the door: a therapist by link, password or passkey, a device by its credential."""
