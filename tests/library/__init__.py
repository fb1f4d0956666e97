"""The catalogue, on real SQLite files."""
