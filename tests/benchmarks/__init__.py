"""Measurements, each printing one JSON object; not part of the default test run."""
