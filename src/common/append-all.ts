// Lists that grow by lists.

/** As target.push(...items), for any number of items: a call takes about 120,000 arguments before the stack is full. */
export function appendAll<T>(target: T[], items: Iterable<T>): void {
  for (const item of items) target.push(item);
}
