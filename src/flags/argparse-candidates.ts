// What argparse4j offers for a misspelt option or sub-command: "Did you mean:" and the nearest names
// (ArgumentParserImpl.printCandidates). Pure.

/** Costs of one edit, as argparse4j weighs them: a name that is longer than what was typed is near. */
const SWAP = 0;
const SUBSTITUTE = 2;
const INSERT = 1;
const DELETE = 4;
/** From this distance on nothing is offered. */
const TOO_FAR = 7;

/** The nearest of `names` to `typed`, sorted; none when all are too far. `body` of a name is what is compared. */
export function nearestNames(
  typed: string,
  names: readonly string[],
  body: (name: string) => string = (name) => name,
): string[] {
  const distances = names.map((name) => ({ name, distance: distance(typed, body(name)) }));
  const least = Math.min(TOO_FAR, ...distances.map((each) => each.distance));
  if (least >= TOO_FAR) return [];
  return distances
    .filter((each) => each.distance === least)
    .map((each) => each.name)
    .sort();
}

function distance(typed: string, name: string): number {
  if (name.startsWith(typed)) return 0;
  let before: number[] = [];
  let above = Array.from({ length: name.length + 1 }, (_, column) => column);
  for (let row = 1; row <= typed.length; row++) {
    const current = [row];
    for (let column = 1; column <= name.length; column++) {
      const isSame = typed[row - 1] === name[column - 1];
      let least = above[column - 1]! + (isSame ? 0 : SUBSTITUTE);
      const isSwapped =
        row > 1 &&
        column > 1 &&
        !isSame &&
        typed[row - 2] === name[column - 1] &&
        typed[row - 1] === name[column - 2];
      if (isSwapped) least = Math.min(least, before[column - 2]! + SWAP);
      current.push(Math.min(least, above[column]! + DELETE, current[column - 1]! + INSERT));
    }
    before = above;
    above = current;
  }
  return above[name.length]!;
}
