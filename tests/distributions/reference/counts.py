"""Bernoulli, Binomial, Poisson, ZeroInflatedPoisson, Geometric, NegativeBinomial, DiscreteUniform."""

import mpmath as mp
import scipy.special
import scipy.stats

from core import INF
from discrete import Discrete
from special import beta_tails, gamma_tails


def times_log(k, p):
    """k log p for a count k, 0 at k = 0, analytic in p elsewhere."""
    return mp.mpf(0) if k == 0 else -mp.inf if p == 0 else k * mp.log(p)


def times_log1p(k, p):
    """k log(1 - p)."""
    return mp.mpf(0) if k == 0 else -mp.inf if p == 1 else k * mp.log1p(-p)


class Probs:
    """From probabilities: k log p and k log(1 - p)."""

    def times_log_p(self, k):
        return times_log(k, self.probs)

    def times_log_q(self, k):
        return times_log1p(k, self.probs)


class Logits:
    """From logits l: p = 1 / (1 + e^-l), whose complement and logarithms are as exact."""

    def from_logit(self):
        l = self.logits
        if mp.isinf(l):
            self.p, self.q = (mp.mpf(1), mp.mpf(0)) if l > 0 else (mp.mpf(0), mp.mpf(1))
        else:
            self.p, self.q = 1 / (1 + mp.exp(-l)), 1 / (1 + mp.exp(l))

    def times_log_p(self, k):
        return mp.mpf(0) if k == 0 else -mp.inf if self.p == 0 else -k * mp.log1p(mp.exp(-self.logits))

    def times_log_q(self, k):
        return mp.mpf(0) if k == 0 else -mp.inf if self.q == 0 else -k * mp.log1p(mp.exp(self.logits))


class Binomial(Probs, Discrete):
    name = "Binomial"
    parameters = ("total_count", "probs")
    sets = [(10, 0.5), (7, 0.3), (20, 0.9), (100, 0.25), (1, 0.5), (3, 0.5), (5, 1e-3),
            (1000, 0.01), (0, 0.3),
            (0, 0), (0, 1), (10, 0), (10, 1), (10, 1e-30), (10, 1 - 2.0**-24), (1e6, 0.5),
            (1e6, 1e-6), (1e6, 0.999)]
    differentiable = (1,)

    def prepare(self):
        self.n = int(self.total_count)
        self.p, self.q = self.probs, 1 - self.probs

    def support(self):
        return 0.0, float(self.n)

    def log_density(self, x):
        n, k = self.n, x
        choose = mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1)
        return choose + self.times_log_p(k) + self.times_log_q(n - k)

    def tails(self, k):
        upper, lower = beta_tails(k + 1, self.n - k, self.p, self.q)
        return lower, upper

    def mode_candidates(self):
        m = int(mp.floor((self.n + 1) * self.p))
        return m - 1, m, m + 1

    def ratio(self, k):
        return mp.mpf(self.n - k) / (k + 1) * self.p / self.q if self.q > 0 else mp.mpf(0)

    def entropy(self):
        return mp.mpf(0) if self.n == 0 or self.p == 0 or self.q == 0 else super().entropy()

    def mean(self):
        return self.n * self.p

    def variance(self):
        return self.n * self.p * self.q

    def witness(self):
        return scipy.stats.binom(*self.at)


class BinomialFromLogits(Logits, Binomial):
    name = "Binomial::from_logits"
    parameters = ("total_count", "logits")
    sets = [(10, 0), (7, 0.3), (20, -2), (100, 1.5), (1, 0), (5, -7), (1000, -5), (0, 0.3),
            (0, INF), (10, -INF),
            (10, INF), (10, 16), (10, -16), (10, 50), (10, -80), (1e6, 0), (1e6, -14), (1e6, 7)]

    def prepare(self):
        self.n = int(self.total_count)
        self.from_logit()

    def witness(self):
        return scipy.stats.binom(self.at[0],
                                 scipy.special.expit(self.at[1])) if abs(self.at[1]) < 10 else None


class Bernoulli(Binomial):
    name = "Bernoulli"
    parameters = ("probs",)
    sets = [(0.5,), (0.3,), (0.7,), (0.25,), (0.9,), (0.999,), (1e-6,), (1e-30,), (1 - 2.0**-20,),
            (1 - 2.0**-24,),
            (1e-300,), (0,), (1,)]
    differentiable = (0,)

    def prepare(self):
        self.n = 1
        self.p, self.q = self.probs, 1 - self.probs

    def witness(self):
        return scipy.stats.bernoulli(*self.at)


class BernoulliFromLogits(Logits, Bernoulli):
    name = "Bernoulli::from_logits"
    parameters = ("logits",)
    sets = [(0,), (0.3,), (-2,), (5,), (1,), (-7,), (16,), (-16,), (50,), (-50,), (80,), (-1000,),
            (1000,), (1e-30,),
            (INF,), (-INF,)]

    def prepare(self):
        self.n = 1
        self.from_logit()

    def witness(self):
        return scipy.stats.bernoulli(scipy.special.expit(self.at[0])) if abs(self.at[0]) < 10 else None


class Poisson(Discrete):
    name = "Poisson"
    parameters = ("rate",)
    sets = [(1,), (0.3,), (2,), (7.5,), (30,), (100,), (0.01,), (0,), (1e-6,), (1e-30,), (1e3,),
            (1e6,), (1e8,)]

    def support(self):
        return 0.0, INF

    def log_density(self, x):
        return times_log(x, self.rate) - self.rate - mp.loggamma(x + 1)

    def tails(self, k):
        lower, upper = gamma_tails(k + 1, self.rate)
        return upper, lower

    def mode_candidates(self):
        m = int(mp.floor(self.rate))
        return m - 1, m, m + 1

    def ratio(self, k):
        return self.rate / (k + 1)

    def quantile(self, p, q=None, tolerance=None):
        return mp.mpf(0) if self.rate == 0 and p != 1 else super().quantile(p, q, tolerance)

    def mean(self):
        return self.rate

    variance = mean

    def witness(self):
        return scipy.stats.poisson(*self.at)


class ZeroInflatedPoisson(Discrete):
    name = "ZeroInflatedPoisson"
    parameters = ("gate", "rate")
    sets = [(0.3, 1), (0.5, 2), (0.1, 7.5), (0.9, 30), (0.25, 0.3), (0, 2), (0, 0), (1, 3), (1, 0),
            (0.5, 0),
            (1e-6, 100), (1e-30, 50), (1 - 2.0**-24, 5), (0.25, 1e6), (0.5, 1e-6), (0.5, 1000)]

    def prepare(self):
        self.poisson = Poisson(self.rate)

    def support(self):
        return 0.0, INF

    def log_density(self, x):
        if x == 0:
            return mp.log(self.gate + (1 - self.gate) * mp.exp(-self.rate))
        return times_log1p(1, self.gate) + self.poisson.log_density(x)

    def tails(self, k):
        lower, upper = self.poisson.tails(k)
        return self.gate + (1 - self.gate) * lower, (1 - self.gate) * upper

    def mode_candidates(self):
        return 0, *self.poisson.mode_candidates()

    def quantile(self, p, q=None, tolerance=None):
        point = self.rate == 0 or self.gate == 1
        return mp.mpf(0) if point and p != 1 else super().quantile(p, q, tolerance)

    def entropy(self):
        if self.gate == 1 or self.rate == 0:
            return mp.mpf(0)
        # With w = (1 - gate)(1 - e^-rate): -p0 log p0 - w log(1 - gate), and the Poisson terms from 1 on.
        keep, zero = 1 - self.gate, mp.exp(self.log_density(0))
        rest = keep * -mp.expm1(-self.rate)
        return (-zero * mp.log(zero) - rest * mp.log(keep)
                + keep * (self.poisson.entropy() - self.rate * mp.exp(-self.rate)))

    def mean(self):
        return (1 - self.gate) * self.rate

    def variance(self):
        return (1 - self.gate) * self.rate * (1 + self.gate * self.rate)


class Geometric(Discrete):
    name = "Geometric"
    parameters = ("probs",)
    sets = [(0.5,), (0.3,), (0.7,), (0.25,), (0.9,), (0.999,), (1 - 2.0**-24,), (1,), (0.01,),
            (1e-6,), (1e-30,)]

    def support(self):
        return 0.0, INF

    def log_density(self, x):
        return times_log1p(x, self.probs) + mp.log(self.probs)

    def tails(self, k):
        log_upper = times_log1p(k + 1, self.probs)
        return -mp.expm1(log_upper), mp.exp(log_upper)

    def mode_candidates(self):
        return (0,)

    def quantile(self, p, q=None, tolerance=None):
        return mp.mpf(0) if self.probs == 1 and p != 1 else super().quantile(p, q, tolerance)

    def entropy(self):
        p = self.probs
        return -(mp.log(p) + times_log1p((1 - p) / p, p))

    def mean(self):
        return (1 - self.probs) / self.probs

    def variance(self):
        return (1 - self.probs) / self.probs**2

    def witness(self):
        return scipy.stats.geom(self.at[0], -1)


class NegativeBinomial(Probs, Discrete):
    name = "NegativeBinomial"
    parameters = ("total_count", "probs")
    sets = [(5, 0.5), (3, 0.3), (2.5, 0.75), (10, 0.1), (0.5, 0.9), (1, 0.5), (100, 0.25), (3, 0),
            (0.1, 0.5),
            (1e-3, 0.5), (10, 1e-6), (5, 1e-30), (2, 0.999), (1e3, 0.9), (1e6, 0.5), (1e6, 1e-3),
            (1e8, 1e-6)]

    def prepare(self):
        self.r = self.total_count
        self.p, self.q = self.probs, 1 - self.probs

    def support(self):
        return 0.0, INF

    def log_density(self, x):
        r = self.r
        choose = mp.loggamma(x + r) - mp.loggamma(x + 1) - mp.loggamma(r)
        return choose + self.times_log_q(r) + self.times_log_p(x)

    def tails(self, k):
        return beta_tails(self.r, k + 1, self.q, self.p)

    def mode_candidates(self):
        m = max(0, int(mp.floor((self.r - 1) * self.p / self.q + mp.mpf(10) ** -30)))
        return m - 1, m, m + 1

    def ratio(self, k):
        return (k + self.r) / (k + 1) * self.p

    def quantile(self, p, q=None, tolerance=None):
        return mp.mpf(0) if self.p == 0 and p != 1 else super().quantile(p, q, tolerance)

    def mean(self):
        return self.r * self.p / self.q

    def variance(self):
        return self.r * self.p / self.q**2

    def witness(self):
        return scipy.stats.nbinom(self.at[0], 1 - self.at[1])


class NegativeBinomialFromLogits(Logits, NegativeBinomial):
    name = "NegativeBinomial::from_logits"
    parameters = ("total_count", "logits")
    sets = [(5, 0), (3, 0.3), (2.5, 1.5), (10, -2), (0.5, 2), (100, -1), (3, -INF), (0.1, 0),
            (1e-3, 0), (10, -16),
            (5, -80), (2, 6), (1e3, 2), (1e6, 0), (1e6, -7), (1e8, -14)]

    def prepare(self):
        self.r = self.total_count
        self.from_logit()

    def witness(self):
        l = self.at[1]
        return scipy.stats.nbinom(self.at[0], scipy.special.expit(-l)) if abs(l) < 10 else None


class DiscreteUniform(Discrete):
    name = "DiscreteUniform"
    parameters = ("low", "high")
    sets = [(0, 9), (1, 6), (-5, 5), (-3, 0), (10, 17), (0, 1), (4, 4), (0, 0), (0, 1e6),
            (-1e6, 1e6), (1e6, 1000007)]
    differentiable = ()

    def prepare(self):
        self.count = int(self.high) - int(self.low) + 1

    def support(self):
        return float(self.low), float(self.high)

    def log_density(self, x):
        return -mp.log(self.count)

    def tails(self, k):
        return mp.mpf(k - int(self.low) + 1) / self.count, mp.mpf(int(self.high) - k) / self.count

    def modes(self):
        low = int(self.low)
        return [self.low], [mp.mpf(low + i)
                            for i in range(self.count)] if self.count <= 16 else None

    def mean(self):
        return (self.low + self.high) / 2

    def variance(self):
        return mp.mpf(self.count**2 - 1) / 12

    def entropy(self):
        return mp.log(self.count)

    def witness(self):
        return scipy.stats.randint(int(self.at[0]), int(self.at[1]) + 1)


FAMILIES = [Bernoulli, BernoulliFromLogits, Binomial, BinomialFromLogits, Poisson,
            ZeroInflatedPoisson, Geometric,
            NegativeBinomial, NegativeBinomialFromLogits, DiscreteUniform]
