"""JSON to models and back; no module here knows a model by name (pure)."""
