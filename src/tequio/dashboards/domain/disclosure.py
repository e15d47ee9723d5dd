"""What a table of counts of people may show: small figures are hidden, and what would give them away is hidden with them.

A figure from 1 to k - 1 is small. It is hidden, and so are further figures, the cheapest that do, until whoever reads the table
with its margins can tell of no small figure that it is not zero, nor that it is not k or more. A zero is shown unless it is
needed to hide another.

A table with margins is a network: each row and each column is a node, each figure an arc, and "the row adds up" is "what comes
in goes out". How far a hidden figure may move is a maximum flow, so both the hiding and its audit are exact, in whole people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_FREE = np.int64(1) << 40
"""More people than there are: a hidden figure may grow without limit."""
_ZERO_COST = 2
"""A zero is hidden only where it costs less than a figure of twice the threshold: see `_costs`."""


class Unprotectable(Exception):
    """The margins that must be shown leave no way to hide a small figure."""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A small figure that the table gives away: whoever reads it knows that it lies from `low` to `high`."""

    row: int
    column: int
    low: int
    high: int


def with_margins(counts: Counts) -> Counts:
    """The table with its totals: a last row and a last column."""
    wide = np.vstack([counts, counts.sum(axis=0, keepdims=True)])
    return np.hstack([wide, wide.sum(axis=1, keepdims=True)])


def small(figures: Counts, k: int) -> Mask:
    """Figures that are not shown by themselves."""
    return (figures > 0) & (figures < k)


def protect(counts: Counts, k: int, spine: Mask | None = None) -> Mask:
    """What to hide of `with_margins(counts)`.

    `spine`: which totals of columns, and of all at the end, are hidden in the other tables that share them; they are hidden
    here and no other total of columns is. Without it totals may be hidden too. Raises Unprotectable.
    O(small figures x cells) at worst; usually far less.
    """
    figures = with_margins(counts)
    hidden = small(figures, k)
    fixed = np.zeros(figures.shape, dtype=bool)
    if spine is not None:
        hidden[-1] |= spine
        fixed[-1] = ~spine
        hidden &= ~fixed
    net = _Net(figures, hidden, fixed)
    doubtful = small(figures, k) & hidden & ~_plainly_safe(figures, hidden, k)
    order = sorted(np.argwhere(doubtful).tolist(), key=lambda at: (figures[at[0], at[1]], at))
    for row, column in order:
        value = int(figures[row, column])
        net.let_move(row, column, grow=k - value, shrink=value, k=k)
    return net.hidden


def protect_line(counts: Counts, k: int, total_shown: bool = False) -> Mask:
    """What to hide of a list of figures and, last, its total. With `total_shown` the total must stay. Raises Unprotectable."""
    spine = np.zeros(2, dtype=bool) if total_shown else None
    mask = protect(counts.reshape(-1, 1), k, spine)
    return np.append(mask[:-1, 0], mask[-1, 0] | mask[-1, 1])


def audit(counts: Counts, hidden: Mask, k: int) -> list[Disclosed]:
    """Small figures that the table with its margins, but for what is hidden, gives away. Exact. O(small x cells)."""
    figures = with_margins(counts)
    net = _Net(figures, hidden, np.zeros(figures.shape, dtype=bool))
    found = []
    for row, column in np.argwhere(small(figures, k) & ~_plainly_safe(figures, hidden, k)).tolist():
        value = int(figures[row, column])
        if not hidden[row, column]:
            found.append(Disclosed(row, column, value, value))
            continue
        low = value - net.reach(row, column, value, growing=False)
        high = value + net.reach(row, column, k - value, growing=True)
        if low > 0 or high < k:
            found.append(Disclosed(row, column, low, high))
    return found


def _plainly_safe(figures: Counts, hidden: Mask, k: int) -> Mask:
    """Small figures that can be seen to be safe without a search. Loose rows, whose total is hidden, do most of it: they can
    exchange people within a column, and take in or let go people of other rows.

    In a loose row a figure is safe in a column where loose rows have k people and are two; the row's total, where its people's
    columns have two loose rows and others have enough for it to reach k. In a row whose total is shown, where its hidden
    figures come to k and loose rows of the same columns can make up for what they move.
    """
    counts, inner, tight = figures[:-1, :-1], hidden[:-1, :-1], ~hidden[:-1, -1:]
    loose = inner & ~tight
    people = np.where(loose, counts, 0)
    pool, rows = people.sum(axis=0), loose.sum(axis=0)
    safe = np.zeros(figures.shape, dtype=bool)
    safe[:-1, :-1] = loose & (rows > 1) & (pool >= k)
    settled = ((loose & (rows > 1)) | (counts == 0)).all(axis=1)
    others = np.where(loose & (rows > 1) & (people > 0), pool - people, 0)
    safe[:-1, -1] = settled & (others.max(axis=1, initial=0) + figures[:-1, -1] >= k) & hidden[:-1, -1]
    movable = inner & tight & (rows > 0)
    elsewhere = np.where(movable, pool, 0)
    elsewhere = elsewhere.sum(axis=1, keepdims=True) - elsewhere
    grows = (np.where(movable, counts, 0).sum(axis=1, keepdims=True) >= k) & (pool + counts >= k)
    safe[:-1, :-1] |= movable & grows & (elsewhere >= counts)
    return safe & small(figures, k)


class _Net:
    """The table as a network of rows and columns. Pushing one unit from a row to a column over a figure adds one person to it,
    or takes one from it where the figure is a total: `_adding` tells which."""

    def __init__(self, figures: Counts, hidden: Mask, fixed: Mask) -> None:
        self.figures, self.hidden, self.fixed = figures, hidden.copy(), fixed
        rows, columns = figures.shape
        self._adding = np.ones(figures.shape, dtype=bool)
        self._adding[: rows - 1, columns - 1] = False
        self._adding[rows - 1, : columns - 1] = False

    def reach(self, row: int, column: int, wanted: int, *, growing: bool) -> int:
        """How many units of `wanted` the figure can grow or shrink by while every line still adds up."""
        over, back = self._capacities(self.hidden, row, column)
        return _flow(over, back, self._ends(row, column, growing), wanted, None)

    def let_move(self, row: int, column: int, *, grow: int, shrink: int, k: int) -> None:
        """Hide the cheapest figures that let this one grow and shrink by that much. Raises Unprotectable."""
        for wanted, growing in ((grow, True), (shrink, False)):
            if self.reach(row, column, wanted, growing=growing) >= wanted:
                continue
            costs = np.where(self.hidden, 0, np.maximum(self.figures, _ZERO_COST * k))
            over, back = self._capacities(~self.fixed | self.hidden, row, column)
            used = np.zeros(self.hidden.shape, dtype=bool)
            if _flow(over, back, self._ends(row, column, growing), wanted, (costs, used)) < wanted:
                raise Unprotectable
            self.hidden |= used

    def _capacities(self, movable: Mask, row: int, column: int) -> tuple[Counts, Counts]:
        """Units that can go from row to column, and back, over each figure but the one looked at."""
        grows, shrinks = np.where(movable, _FREE, 0), np.where(movable, self.figures, 0)
        over, back = np.where(self._adding, grows, shrinks), np.where(self._adding, shrinks, grows)
        over[row, column] = back[row, column] = 0
        return over, back

    def _ends(self, row: int, column: int, growing: bool) -> tuple[tuple[bool, int], tuple[bool, int]]:
        """Where a cycle through the figure goes on and where it comes back to: (is it a row, which)."""
        onwards, behind = (False, column), (True, row)
        if bool(self._adding[row, column]) != growing:
            onwards, behind = behind, onwards
        return onwards, behind


def _flow(
    over: Counts,
    back: Counts,
    ends: tuple[tuple[bool, int], tuple[bool, int]],
    wanted: int,
    paid: tuple[Counts, Mask] | None,
) -> int:
    """Units, up to `wanted`, that go from one end to the other. With `paid` (cost of each figure, figures used) along cheap
    paths, and the figures used are marked. `over` and `back` are changed."""
    sent = 0
    while sent < wanted:
        costs = None if paid is None else paid[0] * ~paid[1]
        path = _square(over, back, ends, wanted - sent, costs)
        if path is None:
            path = _shortest(over, back, ends) if costs is None else _cheapest(over, back, ends, costs)
        if path is None:
            break
        step = min(wanted - sent, *(int((over if forth else back)[at]) for forth, at in path))
        for forth, at in path:
            (over if forth else back)[at] -= step
            (back if forth else over)[at] += step
            if paid is not None:
                paid[1][at] = True
        sent += step
    return sent


_Path = list[tuple[bool, tuple[int, int]]]
"""Figures passed, each with whether from row to column."""


def _square(
    over: Counts, back: Counts, ends: tuple[tuple[bool, int], tuple[bool, int]], wanted: int, costs: Counts | None
) -> _Path | None:
    """A path over three figures, the other corners of a rectangle, that carries all that is wanted; the cheapest if there are
    costs and it costs one figure more at most. One operation on the matrix: most searches end here."""
    (at_row, at), (_to_row, to) = ends
    row, column = (at, to) if at_row else (to, at)
    first, middle, last = (over[row], back, over[:, column]) if at_row else (back[row], over, back[:, column])
    fits = (middle >= wanted) & (first >= wanted)[None, :] & (last >= wanted)[:, None]
    if costs is None:
        best = int(fits.argmax())
    else:
        price = costs + costs[row][None, :] + costs[:, column][:, None]
        paying = (costs > 0).astype(np.int8)
        fits &= paying + paying[row][None, :] + paying[:, column][:, None] <= 1
        best = int(np.where(fits, price, _FREE).argmin())
    other_row, other_column = divmod(best, over.shape[1])
    if not fits[other_row, other_column]:
        return None
    path = [(at_row, (row, other_column)), (not at_row, (other_row, other_column)), (at_row, (other_row, column))]
    return path if at_row else [path[2], path[1], path[0]]


def _shortest(over: Counts, back: Counts, ends: tuple[tuple[bool, int], tuple[bool, int]]) -> _Path | None:
    """A path of few figures between two nodes. A layer of the search is one operation on the matrix."""
    (at_row, at), (to_row, to) = ends
    rows, columns = over.shape
    came = {True: np.full(rows, -1), False: np.full(columns, -1)}
    seen = {True: np.zeros(rows, dtype=bool), False: np.zeros(columns, dtype=bool)}
    seen[at_row][at] = True
    frontier, on_rows = np.array([at]), at_row
    while frontier.size and not seen[to_row][to]:
        open_ = (over[frontier] > 0) if on_rows else (back[:, frontier].T > 0)
        fresh = np.flatnonzero(open_.any(axis=0) & ~seen[not on_rows])
        came[not on_rows][fresh] = frontier[open_[:, fresh].argmax(axis=0)]
        seen[not on_rows][fresh] = True
        frontier, on_rows = fresh, not on_rows
    return _walk(came, ends) if seen[to_row][to] else None


def _cheapest(over: Counts, back: Counts, ends: tuple[tuple[bool, int], tuple[bool, int]], costs: Counts) -> _Path | None:
    """A path of least cost between two nodes: Dijkstra on the whole matrix, O((rows + columns) x longer side)."""
    (at_row, at), (to_row, to) = ends
    rows, columns = over.shape
    far = np.iinfo(np.int64).max
    cost = np.full(rows + columns, far)
    came_flat = np.full(rows + columns, -1)
    done = np.zeros(rows + columns, dtype=bool)
    target = to if to_row else rows + to
    cost[at if at_row else rows + at] = 0
    while True:
        node = int(np.where(done, far, cost).argmin())
        if done[node] or cost[node] == far:
            return None
        done[node] = True
        if node == target:
            break
        if node < rows:
            others, reach, price = slice(rows, None), over[node] > 0, costs[node]
        else:
            others, reach, price = slice(0, rows), back[:, node - rows] > 0, costs[:, node - rows]
        offer = np.where(reach, cost[node] + price + 1, far)
        better = offer < cost[others]
        cost[others] = np.where(better, offer, cost[others])
        came_flat[others] = np.where(better, node if node < rows else node - rows, came_flat[others])
    return _walk({True: came_flat[:rows], False: came_flat[rows:]}, ends)


def _walk(came: dict[bool, npt.NDArray[np.int64]], ends: tuple[tuple[bool, int], tuple[bool, int]]) -> _Path:
    start, (is_row, at) = ends
    path: _Path = []
    while (is_row, at) != start:
        before = int(came[is_row][at])
        path.append((not is_row, (before, at) if not is_row else (at, before)))
        is_row, at = not is_row, before
    return path


def rounded(figure: int, k: int) -> int | None:
    """The nearest multiple of k; None under k, zero included: «menos de k»."""
    return None if figure < k else (2 * figure + k) // (2 * k) * k
