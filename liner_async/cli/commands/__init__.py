"""The commands, one module each; what belongs to a resource is made from the table of resources."""
