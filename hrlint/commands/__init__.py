"""One module for each command; `register(app)` adds its commands and returns their names."""
