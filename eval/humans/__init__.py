"""Which answer people prefer: two at a time, blind, in Argilla; made into strengths of models."""
