"""The SDK against nginx, PHP and SQL: services that were not written for it."""
