// Columns as Java's formatter pads them, for the lines that Kafka's group tools print.

/** %-Ns of Java. */
export function pad(text: string | number, width: number): string {
  return String(text).padEnd(width);
}

/** The longest of the texts, but no less than `least`. */
export function widest(least: number, texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, text.length), least);
}
