"""Plain Python and compiled code give the same scores, keys and answers: a step through one tells about the other."""

import json
import os
import random
import subprocess
import sys

from tequio.matching import MemoryIndex, keys_of, weigh_many
from tests.matching import people_cast as cast


def everything():
    """Scores of some hundred pairs, keys, and answers of an index, as plain values."""
    rng, people = cast.population(90, seed=1125)
    kinds = list(cast.CORRUPTIONS)
    subjects = []
    for at, person in enumerate(people):
        more = {"aliases": rng.choice(["El Güero", "Mosco", ""]), "phones": rng.choice([(), "3312345670"])}
        subjects.append(cast.subject(person, id=at, **more))
        subjects.append(cast.subject(cast.CORRUPTIONS[kinds[at % len(kinds)]](rng, person), id=1000 + at, **more))
    draw = random.Random(5)
    pairs = [(draw.choice(subjects), draw.choice(subjects)) for _ in range(300)]
    pairs += list(zip(subjects[::2], subjects[1::2], strict=True))
    found = MemoryIndex.build(subjects).query(subjects[:60], budget=40)
    return [
        weigh_many(pairs).tolist(),
        [sorted(k) for k in keys_of(subjects)],
        [[list(candidate[:3]) for candidate in one] + [one.cut] for one in found],
    ]


def test_plain_python_gives_the_same_as_compiled_code():
    program = "import json; from tests.matching.test_plain import everything; print(json.dumps(everything()))"
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(answer.stdout) == everything()
