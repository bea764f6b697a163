"""What discrete families share: sums instead of integrals, and a search over the integers."""
import math

import mpmath as mp

from core import INF, Distribution, double, single


class Discrete(Distribution):
    """Support: integers from low to high."""

    discrete = True
    spread = mp.mpf(1)

    def inside(self, x):
        return super().inside(x) and x == math.floor(x)

    def both_tails(self, x):
        low, high = self.support()
        if x < low:
            return mp.mpf(0), mp.mpf(1)
        if x >= high:
            return mp.mpf(1), mp.mpf(0)
        return self.tails(int(mp.floor(x)))

    def deviation(self):
        return mp.sqrt(self.variance())

    def centre(self):
        return self.mean()

    def reaches(self, k, p, q):
        """cdf(k) >= p, where equality means to 40 digits."""
        lower, upper = self.both_tails(k)
        slack = mp.mpf(10) ** -40
        return lower >= p * (1 - slack) if p <= q else upper <= q * (1 + slack)

    def quantile(self, p, q=None, tolerance=None):
        """The smallest k with cdf(k) >= p, by bisection."""
        p = mp.mpf(p)
        q = 1 - p if q is None else mp.mpf(q)
        low, high = self.support()
        if p == 0:
            return mp.mpf(low)
        if q == 0:
            return mp.mpf(high)
        k = int(mp.floor(self.centre()))
        step = max(1, int(mp.ceil(self.deviation())) // 4)
        if self.reaches(k, p, q):
            above = k
            while True:
                below = above - step
                if below < low or not self.reaches(below, p, q):
                    below = max(below, int(low) - 1)
                    break
                above, step = below, 2 * step
        else:
            below = k
            while True:
                above = below + step
                if above >= high or self.reaches(above, p, q):
                    above = min(above, int(high)) if high < INF else above
                    break
                below, step = above, 2 * step
        while above - below > 1:
            middle = (above + below) // 2
            if self.reaches(middle, p, q):
                above = middle
            else:
                below = middle
        return mp.mpf(above)

    def median(self):
        k = self.quantile(mp.mpf(1) / 2)
        if abs(self.both_tails(k)[0] - mp.mpf(1) / 2) < mp.mpf(10) ** -40:
            return k + mp.mpf(1) / 2
        return k

    def mode_candidates(self):
        raise NotImplementedError

    def modes(self):
        low, high = self.support()
        heights = {k: self.log_prob(k) for k in sorted(set(self.mode_candidates()))
                   if low <= k <= high}
        top = max(heights.values())
        found = [mp.mpf(k) for k, height in heights.items()
                 if abs(height - top) < mp.mpf(10) ** -35]
        return found, found

    def points(self):
        low, high = self.support()
        modes = [int(mode) for mode in self.modes()[0]]
        xs = {single(x) for x in self.tail_quantiles()} | {single(x) for x in self.extra_points()}
        for mode in modes:
            xs |= {single(mode + i) for i in (-1, 0, 1, 0.5)}
        xs |= {low - 1.0, low - 0.5, low + 0.0, low + 0.5, low + 1.0, -INF, INF}
        if high < INF:
            xs |= {single(high + i) for i in (-1.0, 0.0, 0.5, 1.0)}
        return sorted({double(x) for x in xs})

    def ratio(self, k):
        """pmf(k + 1) / pmf(k)."""
        raise NotImplementedError

    def entropy(self):
        """The sum of -p log p outwards from the mode, to 25 digits of the whole."""
        low, high = self.support()
        start = int(self.modes()[0][0])
        # Where one value has nearly all the mass, its log is small and must not pass through exp.
        with mp.workdps(34 if self.deviation() > 100 else 60):
            height = self.log_density(mp.mpf(start))
            first = mp.exp(height)
            total = -first * height
            for outwards in (1, -1):
                k, p = start, first
                while low <= k + outwards <= high:
                    p = p * self.ratio(k) if outwards > 0 else p / self.ratio(k - 1)
                    k += outwards
                    if p == 0:
                        break
                    term = -p * mp.log(p)
                    total += term
                    if term < mp.mpf(10) ** -29 * total:
                        break
            return total
