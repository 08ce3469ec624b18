"""What each endpoint offers, one module per resource: path, query and model."""
