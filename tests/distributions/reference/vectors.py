"""Categorical, OneHotCategorical, Multinomial: vectors of probs, divided by their sum."""
import itertools

import mpmath as mp
import scipy.stats

from core import INF, derivative, double, single

PROBS = [[0.5, 0.5], [0.25, 0.5, 0.25], [0.125, 0.125, 0.25, 0.5], [0.1, 0.2, 0.7], [0.3, 0.3, 0.4],
         [1.0], [0.0, 1.0], [0.5, 0.0, 0.5], [1e-6, 0.25, 0.75], [1e-30, 1.0], [0.2] * 5,
         [1 - 2.0**-24, 2.0**-24]]
LOGITS = [[0.0, 0.0], [0.3, -2.0, 1.5], [1.0, 2.0, 3.0, 4.0], [-5.0, 0.0, 5.0], [0.25],
          [100.0, 0.0], [-1000.0, 1000.0, 0.0],
          [0.0, -INF, 0.0], [1e6, 1e6, 0.0], [-80.0, 0.0, 0.5], [1e-30, 0.0]]


def normalised(values):
    total = mp.fsum(values)
    return [v / total for v in values]


def softmax(values):
    top = max(values)
    return normalised([mp.exp(v - top) for v in values])


class Vector:
    """A distribution over a few outcomes whose parameter `at[-1]` is a vector of weights."""

    from_logits = False

    def __init__(self, *at):
        self.at = [[single(v) for v in part] if isinstance(part, list) else part for part in at]
        self.p = self.probabilities(self.at[-1])

    def probabilities(self, weights):
        weights = [mp.mpf(v) for v in weights]
        return softmax(weights) if self.from_logits else normalised(weights)

    def outcomes(self):
        """Every x of the support and the number of times each category occurs in it."""
        raise NotImplementedError

    def outside(self):
        return []

    def log_prob_with(self, p, counts):
        total = mp.loggamma(sum(counts) + 1)
        for n, q in zip(counts, p):
            if n and q == 0:
                return -mp.inf
            total += (n * mp.log(q) if n else 0) - mp.loggamma(n + 1)
        return total

    def gradient(self, counts):
        """Derivatives with respect to each weight; None where a weight is at the edge of its domain."""
        slopes = []
        weights = self.at[-1]
        for i, weight in enumerate(weights):
            def moved(v, i=i):
                return self.log_prob_with(self.probabilities([*weights[:i], v, *weights[i + 1:]]),
                                          counts)
            slopes.append(None if abs(weight) == INF or (weight == 0 and counts[i]
                                                         and not self.from_logits)
                          else derivative(moved, weight, 1, 400))
        return slopes

    def entropy(self):
        terms = [self.log_prob_with(self.p, counts) for _, counts in self.outcomes()]
        return mp.fsum(-mp.exp(t) * t for t in terms if t > -mp.inf)

    def moments(self):
        return None, None

    def modes(self):
        heights = [(self.log_prob_with(self.p, counts), x) for x, counts in self.outcomes()]
        top = max(height for height, _ in heights)
        return [x for height, x in heights if abs(height - top) < mp.mpf(10) ** -35]

    def tabulate(self):
        # A probability that is 1 but for e^-100 still has all its digits in its logarithm.
        with mp.workdps(400):
            return type(self)(*self.at).tabulated()

    def tabulated(self):
        mean, variance = self.moments()
        modes = self.modes()
        head = {"at": self.at, "mean": mean, "median": None, "mode": modes[0], "modes": modes,
                "variance": variance, "entropy": self.entropy()}
        result = {key: double(value) for key, value in head.items()}
        points, slopes = [], []
        for x, counts in self.outcomes():
            log_prob = self.log_prob_with(self.p, counts)
            points.append((x, log_prob))
            if log_prob > -mp.inf:
                inputs = [None] * len(x) if isinstance(x, list) else None
                gradient = [None] * (len(self.at) - 1) + [self.gradient(counts)]
                slopes.append({"x": double(x), "d": [inputs, *map(double, gradient)]})
        points += [(x, -mp.inf) for x in self.outside()]
        result["points"] = [{"x": double(x), "log_prob": double(log_prob), "cdf": None,
                             "log_cdf": None,
                             "log_survival": None} for x, log_prob in points]
        result["quantiles"] = []
        result["gradients"] = {"log_prob": slopes}
        return result


class Categorical(Vector):
    name = "Categorical"
    parameters = ("probs",)
    sets = [(probs,) for probs in PROBS]

    def outcomes(self):
        k = len(self.p)
        return [(float(i), [int(i == j) for j in range(k)]) for i in range(k)]

    def outside(self):
        return [-INF, -1.0, 0.5, float(len(self.p)), INF]


class CategoricalFromLogits(Categorical):
    name = "Categorical::from_logits"
    parameters = ("logits",)
    sets = [(logits,) for logits in LOGITS]
    from_logits = True


class OneHotCategorical(Vector):
    name = "OneHotCategorical"
    parameters = ("probs",)
    sets = Categorical.sets

    def outcomes(self):
        k = len(self.p)
        return [([float(i == j) for j in range(k)], [int(i == j) for j in range(k)])
                for i in range(k)]

    def outside(self):
        k = len(self.p)
        return [[0.0] * k, [2.0] + [0.0] * (k - 1), [0.5] * k]

    def moments(self):
        return self.p, [p * (1 - p) for p in self.p]


class OneHotCategoricalFromLogits(OneHotCategorical):
    name = "OneHotCategorical::from_logits"
    parameters = ("logits",)
    sets = CategoricalFromLogits.sets
    from_logits = True


class Multinomial(Vector):
    name = "Multinomial"
    parameters = ("total_count", "probs")
    sets = [(3.0, [0.5, 0.5]), (4.0, [0.25, 0.5, 0.25]), (2.0, [0.125, 0.125, 0.25, 0.5]),
            (5.0, [0.1, 0.2, 0.7]),
            (6.0, [0.3, 0.7]), (0.0, [0.5, 0.5]), (1.0, [0.3, 0.3, 0.4]), (3.0, [0.0, 1.0]),
            (3.0, [0.5, 0.0, 0.5]),
            (4.0, [1.0]), (5.0, [1e-6, 0.25, 0.75]), (4.0, [1e-30, 1.0]), (40.0, [0.5, 0.5]),
            (6.0, [0.2] * 5)]

    def outcomes(self):
        n, k = int(self.at[0]), len(self.p)
        for bars in itertools.combinations(range(n + k - 1), k - 1):
            edges = [-1, *bars, n + k - 1]
            counts = [b - a - 1 for a, b in zip(edges, edges[1:])]
            yield [float(c) for c in counts], counts

    def outside(self):
        n, k = self.at[0], len(self.p)
        found = [[n + 1.0] + [0.0] * (k - 1)]
        if k > 1:
            found += [[n + 1.0, -1.0] + [0.0] * (k - 2), [n - 0.5, 0.5] + [0.0] * (k - 2)]
        return found

    def moments(self):
        n = self.at[0]
        return [n * p for p in self.p], [n * p * (1 - p) for p in self.p]

    def witness(self):
        return scipy.stats.multinomial(int(self.at[0]), [float(p) for p in self.p])


class MultinomialFromLogits(Multinomial):
    name = "Multinomial::from_logits"
    parameters = ("total_count", "logits")
    sets = [(3.0, [0.0, 0.0]), (4.0, [0.3, -2.0, 1.5]), (2.0, [1.0, 2.0, 3.0, 4.0]), (4.0, [0.25]),
            (0.0, [0.3, -2.0]), (3.0, [0.0, -INF, 0.0]), (3.0, [-5.0, 0.0, 5.0]),
            (40.0, [1.0, -1.0]), (3.0, [0.0, -90.0]), (3.0, [0.0, -740.0]),
            (5.0, [0.5, -1e5, -3e3]), (3.0, [1e6, 1e6, 0.0])]
    from_logits = True


FAMILIES = [Categorical, CategoricalFromLogits, OneHotCategorical, OneHotCategoricalFromLogits,
            Multinomial, MultinomialFromLogits]
