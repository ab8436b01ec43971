"""Estimates pi: of random points in a square, the share that falls into the circle inside is pi / 4."""

import random


def estimate(samples: int, seed: int) -> float:
    rng = random.Random(seed)
    inside = sum(rng.random() ** 2 + rng.random() ** 2 <= 1 for _ in range(samples))
    return 4 * inside / samples


samples = INPUT["samples"]
pi = estimate(samples, INPUT["seed"])
print(f"{samples} samples: {pi}")
{"samples": samples, "pi": pi}
