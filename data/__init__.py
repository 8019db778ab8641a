"""What a record is, how it is kept and scrubbed, what the settings are. Imports nothing of ours."""
