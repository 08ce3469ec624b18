"""A checkpoint in Redis, for workers that share no disk: `RedisCheckpoint(Redis(), "orders")`."""

from redis import Redis

from liner_async import ResumePoint


class RedisCheckpoint:
    """Keeps the resume point of one list under a key of its own."""

    def __init__(self, redis: Redis, name: str) -> None:
        """Take the name of the copy: two copies must not share it."""
        self._redis = redis
        self._key = f"resume-point:{name}"

    def load(self) -> ResumePoint | None:
        """Return the point saved last, or None if there is none."""
        text = self._redis.get(self._key)
        return None if text is None else ResumePoint.from_json(text)

    def save(self, point: ResumePoint) -> None:
        """Replace the point."""
        self._redis.set(self._key, point.to_json())

    def clear(self) -> None:
        """Forget the point, once the list has been read to its end."""
        self._redis.delete(self._key)
