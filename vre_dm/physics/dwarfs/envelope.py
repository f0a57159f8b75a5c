"""The J factor profiled out: the maximum of a likelihood minus a parabola, at every point of a lattice."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vre_dm.errors import OutOfRange
from vre_dm.physics.compiled import compiled


def envelope(log_likelihood: ArrayLike, step_over_sigma: float, margin: int = 0) -> NDArray[np.float64]:
    r"""Profile a log-normal nuisance parameter out of likelihoods that see only its product with the signal.

    A target's likelihood depends on :math:`z = \log_{10}(\langle\sigma v\rangle J)` alone. With the J factor
    measured to :math:`\sigma` in :math:`\log_{10} J` its profile is

    .. math:: p(x) = \max_z \left[ \ln L(z) - \frac{(z - x)^2}{2 \sigma^2} \right]

    which is the lower envelope of equal parabolas rooted at the nodes: every node is added once and removed
    at most once, so a row costs a time linear in its length. The maximum is taken between nodes too, on the
    parabola through the best node and its neighbours.

    Parameters
    ----------
    log_likelihood : array_like, shape (..., n)
        ln L on a lattice uniform in :math:`\log_{10}`. ``-inf`` marks nodes where it is not known; they are
        never the maximum. At least one node of a row is known.
    step_over_sigma
        Distance of neighbouring nodes in units of :math:`\sigma`.
    margin
        Nodes at either end that are only there so that the maximum may lie on them.

    Returns
    -------
    ndarray, shape (..., n - 2 margin)
        p at every node but those of the margins. Nothing is assumed outside of the lattice: near its ends the
        maximum may lie beyond.

    Raises
    ------
    OutOfRange
        A likelihood is NaN or +inf, a row has no known node, the step is not positive, or margins leave
        nothing.

    References
    ----------
    P. Felzenszwalb & D. Huttenlocher, Theory of Computing 8 (2012) 415 (the lower envelope of parabolas);
    arXiv:1611.03184 (the log-normal J factor in the likelihood of a dwarf galaxy)
    """
    values = np.asarray(log_likelihood, dtype=np.float64)
    if not (np.isfinite(step_over_sigma) and step_over_sigma > 0):
        msg = f"step_over_sigma = {step_over_sigma} must be a positive number"
        raise OutOfRange(msg)
    # the maximum of a row is finite if the row has a number, and neither NaN nor +inf
    if values.ndim < 1 or not np.isfinite(values.max(axis=-1, initial=-np.inf)).all():
        msg = "a row of log-likelihoods holds NaN or +inf, or is known at no node"
        raise OutOfRange(msg)
    kept = values.shape[-1] - 2 * margin
    if margin < 0 or kept < 1:
        msg = f"margins of {margin} nodes at both ends leave nothing of {values.shape[-1]}"
        raise OutOfRange(msg)
    rows = np.ascontiguousarray(values).reshape(-1, values.shape[-1])
    profile = _envelopes(rows, 0.5 * step_over_sigma**2, margin)
    return np.asarray(profile).reshape(*values.shape[:-1], kept)


@compiled
def _envelopes(rows: NDArray[np.float64], curvature: float, margin: int) -> NDArray[np.float64]:
    """For each row max over j of row[j] - curvature (i - j)², at every i that is not in a margin."""
    n = rows.shape[1]
    result = np.empty((rows.shape[0], n - 2 * margin))
    roots, starts = np.empty(n, np.int64), np.empty(n)  # parabola k is the highest from starts[k] on
    per_drop = 0.5 / (curvature * np.maximum(np.arange(n), 1))  # a division for each pair would take longest
    for m in range(rows.shape[0]):
        values, last = rows[m], -1
        for q in range(n):
            if values[q] == -np.inf:
                continue
            start = -np.inf
            while last >= 0:
                r = roots[last]
                start = 0.5 * (q + r) - (values[q] - values[r]) * per_drop[q - r]
                if start > starts[last]:
                    break
                last -= 1
                start = -np.inf
            last += 1
            roots[last], starts[last] = q, start
        k = 0
        for i in range(margin, n - margin):
            while k < last and starts[k + 1] < i:
                k += 1
            result[m, i - margin] = _refined(values, roots[k], i, curvature)
    return result


@compiled
def _refined(values: NDArray[np.float64], best: int, i: int, curvature: float) -> float:
    """Maximum near the node `best`, on the parabola through it and its neighbours."""
    peak: float = values[best] - curvature * (i - best) ** 2
    if best == 0 or best == values.size - 1:
        return peak
    left = values[best - 1] - curvature * (i - best + 1) ** 2
    right = values[best + 1] - curvature * (i - best - 1) ** 2
    bend = left + right - 2 * peak
    if not (left > -np.inf and right > -np.inf and bend < 0):
        return peak
    return float(peak - (right - left) ** 2 / (8 * bend))
