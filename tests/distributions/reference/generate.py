#!/usr/bin/env python3
"""Writes the reference numbers of the distributions, one JSON file for each, and disagreements.txt.

    /usr/bin/python3 tests/distributions/reference/generate.py             # all; about ten minutes
    /usr/bin/python3 tests/distributions/reference/generate.py Gamma Beta  # some; no disagreements.txt
    /usr/bin/python3 tests/distributions/reference/generate.py --check     # compares, writes nothing

(apt-get install python3-mpmath python3-scipy.) mpmath computes in 50 digits or more; every number
is the double nearest to that. Infinities are the strings "inf" and "-inf"; null is what does not
exist. Names and parameters are PyTorch's. A file holds sets of parameters, a set its moments,
points, quantiles and gradients:

- Parameters and x are float32 numbers where float32 has a normal number near; others only double
  can hold.
- log_prob at an end of a continuous support is the limit from inside (both ends belong to it),
  -inf outside and at infinities. The cdf of a discrete distribution is that of floor(x).
- quantiles: the inverse cdf; discrete: the smallest k of the support with cdf(k) >= p. p = 0 and
  p = 1 give the ends of the support. The median of a discrete one is k + 1/2 where cdf(k) = 1/2
  exactly.
- mode is the smallest mode, where the density is infinite if it is somewhere; modes lists all and
  is null where they fill an interval (Uniform, Beta(1, 1), DiscreteUniform of more than 16
  values).
- An infinite mean or variance is "inf", also the variance where the mean is infinite; null where
  there is no mean (Cauchy, StudentT with df <= 1). Entropies are in nats, differential for
  continuous distributions.
- gradients: [d/dx, d/dparameter...] of log_prob where it is finite, from central differences in
  200 digits or more; null where there is none (x of a discrete distribution, counts, kinks,
  infinite parameters). At a parameter on the edge of its domain, and at an end of a support with
  a smooth density, the formula's own.
- Categorical and its relatives divide probs by their sum, and so do their gradients.
- VonMises: the density is periodic; cdf and quantiles on [loc - pi, loc + pi]; mean and variance
  are circular.

scipy 1.10 is the second witness at a relative 1e-9. Where it disagrees, disagreements.txt has
both numbers and what a third way says: differences of the cdf against the density (two
independent formulas), quadrature of the density for moments and entropies. Differences are taken
at every point whether scipy agrees or not, and the program fails where they do not give the
density.
"""
import collections
import json
import multiprocessing
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import mpmath as mp  # noqa: E402

import circular  # noqa: E402
import core  # noqa: E402
import counts  # noqa: E402
import gammas  # noqa: E402
import lines  # noqa: E402
import normals  # noqa: E402
import point  # noqa: E402
import unit  # noqa: E402
import vectors  # noqa: E402
import witness  # noqa: E402

UNIVARIATE = (normals.FAMILIES + lines.FAMILIES + gammas.FAMILIES + unit.FAMILIES + circular.FAMILIES
              + counts.FAMILIES)
EXACT = vectors.FAMILIES + point.FAMILIES  # what needs no judge
FAMILIES = {family.name: family for family in UNIVARIATE + EXACT}


def tabulate(job):
    """One set: its table, scipy's disagreements, and how many points were judged how well."""
    name, index = job
    family = FAMILIES[name]
    started = time.time()
    at = family.sets[index]
    if family in EXACT:
        result = job, family(*at).tabulate(), [], 0, mp.mpf(0)
    else:
        d = family(*map(core.single, at))
        table = d.tabulate()
        result = job, table, *witness.disagreements(d, table)
    print(f"{name} {at} {time.time() - started:.1f} s", file=sys.stderr, flush=True)
    return result


def largest(job):
    """The largest parameter below 1e9: what the time for a set grows with."""
    numbers = [v for part in FAMILIES[job[0]].sets[job[1]]
               for v in (part if isinstance(part, list) else [part])]
    return max([0] + [abs(v) for v in numbers if abs(v) < 1e9])


def report(found):
    """disagreements.txt: counts first, then every line, those that need thought before the rest."""
    parts = ["Where scipy 1.10 differs from mpmath by more than a relative 1e-9. "
             "Written by generate.py.", ""]
    kinds = sorted({kind for _, _, kind, _ in found}, key=lambda k: (k != "other", k))
    for kind in kinds:
        counted = collections.Counter((name, key) for name, key, k, _ in found if k == kind)
        parts += [f"{kind}: {sum(counted.values())}"]
        parts += [f"  {name} {key}: {n}" for (name, key), n in counted.items()] + [""]
    for kind in kinds:
        parts += [f"== {kind}"] + [text for _, _, k, text in found if k == kind] + [""]
    return "\n".join(parts)


def main(arguments):
    check = "--check" in arguments
    names = [a for a in arguments if a != "--check"] or list(FAMILIES)
    jobs = [(name, i) for name in names for i in range(len(FAMILIES[name].sets))]
    with multiprocessing.Pool(2) as pool:
        longest_first = sorted(jobs, key=lambda job: -largest(job))
        results = sorted(pool.imap_unordered(tabulate, longest_first),
                         key=lambda r: jobs.index(r[0]))
    tables, found, failures = collections.defaultdict(list), [], []
    for (name, _), table, said, judged, worst in results:
        tables[name].append(table)
        found += [(name, key, kind, text) for key, kind, text in said]
        if worst > 1e-12:
            failures.append(f"{name} {table['at']}: the cdf's differences miss the density "
                            f"by {mp.nstr(worst, 3)}")
    files = {name.replace("::", "_") + ".json": core.layout(name, FAMILIES[name].parameters,
                                                            tables[name])
             for name in names}
    if len(names) == len(FAMILIES):
        files["disagreements.txt"] = report(found)
    for file, content in files.items():
        path = os.path.join(HERE, file)
        if not check:
            with open(path, "w") as out:
                out.write(content)
        elif not os.path.exists(path) or open(path).read() != content:
            failures.append(f"{file} differs from what is generated")
        if file.endswith(".json"):
            sets = json.loads(content)["sets"]
            print(f"{file}: {len(sets)} sets, {sum(len(s['points']) for s in sets)} points")
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
