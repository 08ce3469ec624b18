"""One request, safely: what is sent, what an answer means, when to try again."""
