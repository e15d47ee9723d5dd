"""people: the person as every registry and the matcher see it. `domain` is pure."""
