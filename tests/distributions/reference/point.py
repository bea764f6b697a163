"""Delta: all probability on one number."""
from core import INF, single


class Delta:
    name = "Delta"
    parameters = ("v",)
    sets = [(0.0,), (1.5,), (-2.25,), (0.1,), (1e6,), (-1e30,), (1e-30,), (1e300,)]

    def __init__(self, v):
        self.v = single(v)

    def tabulate(self):
        v = self.v
        step = max(abs(v), 1.0) * 2.0**-20
        points = []
        for x in sorted({-INF, single(v - step), v, single(v + step), INF}):
            points.append({"x": x, "log_prob": 0.0 if x == v else -INF, "cdf": float(x >= v),
                           "log_cdf": 0.0 if x >= v else -INF, "log_survival": -INF if x >= v else 0.0})
        quantiles = [{"p": p, "x": v} for p in (0.0, single(1e-10), 0.5, 1 - 2.0**-20, 1.0)]
        return {"at": [v], "mean": v, "median": v, "mode": v, "modes": [v], "variance": 0.0, "entropy": 0.0,
                "points": points, "quantiles": quantiles, "gradients": {"log_prob": []}}


FAMILIES = [Delta]
