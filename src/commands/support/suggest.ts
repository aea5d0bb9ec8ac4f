// "Did you mean": the nearest of some names, when it is near enough to be meant.

export function nearest(word: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.ceil(word.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(word, name);
    if (distance >= bestDistance) continue;
    best = name;
    bestDistance = distance;
  }
  return best;
}

/** Levenshtein's, with one row. */
function editDistance(left: string, right: string): number {
  const row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let at = 1; at <= left.length; at++) {
    let diagonal = row[0]!;
    row[0] = at;
    for (let column = 1; column <= right.length; column++) {
      const above = row[column]!;
      const change = left[at - 1] === right[column - 1] ? 0 : 1;
      row[column] = Math.min(above + 1, row[column - 1]! + 1, diagonal + change);
      diagonal = above;
    }
  }
  return row[right.length]!;
}
