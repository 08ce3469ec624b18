"""What each endpoint offers, one module per resource."""
