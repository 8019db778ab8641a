"""From raw sources to a reviewed, split dataset: ingest, dedup, review, split."""
