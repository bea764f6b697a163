#!/usr/bin/env python3
"""Writes the reference numbers of all univariate distributions, one JSON file for each.

    /usr/bin/python3 tests/distributions/reference/generate.py             # all; about ten minutes
    /usr/bin/python3 tests/distributions/reference/generate.py Gamma Beta  # some
    /usr/bin/python3 tests/distributions/reference/generate.py --check     # regenerates, compares, writes nothing
"""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import core  # noqa: E402
import gammas  # noqa: E402
import lines  # noqa: E402
import normals  # noqa: E402
import unit
import counts
import circular

for family in normals.FAMILIES + lines.FAMILIES + gammas.FAMILIES + unit.FAMILIES + circular.FAMILIES + counts.FAMILIES:
    if len(sys.argv) > 1 and family.name not in sys.argv[1:]:
        continue
    sets = []
    for at in family.sets:
        t = time.time()
        sets.append(family(*[core.single(v) for v in at]).tabulate())
        if time.time() - t > 2:
            print(family.name, at, time.time() - t, file=sys.stderr)
    print(family.name, len(sets), sum(len(s["points"]) for s in sets))
    open(os.path.join(os.path.dirname(__file__), family.name.replace("::", "_") + ".json"), "w").write(core.layout(family.name, family.parameters, sets))
