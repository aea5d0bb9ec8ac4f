// Asynchronous work over a list with a bound on how much of it is under way. It keeps the order of the list and gives no
// meaning to a failure: the first one rejects the whole.

/** Like Promise.all over the list, but at most `limit` calls of `work` have begun and not ended. */
export async function mapBounded<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
