"""A simulated server and a simulated reader of its list, for judging concurrency limiters."""
