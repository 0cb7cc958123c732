"""The only door to SQLite. Functions take `db` first and return model objects or rows; SQL lives in constants."""
