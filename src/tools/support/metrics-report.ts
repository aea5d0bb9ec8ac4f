// The table of --print-metrics (ToolsUtils.printMetrics): `group:name:{tags}` and a value, sorted by name.

export interface Metric {
  readonly group: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  /** A number is a Double of Java; text is printed as it is. */
  readonly value: number | string;
}

export function metricLines(metrics: readonly Metric[]): string[] {
  if (metrics.length === 0) return [];
  const rows = metrics
    .map((metric) => [nameOf(metric), metric.value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const width = Math.max(...rows.map(([name]) => name.length));
  const shown = (value: number | string) => (typeof value === 'string' ? value : value.toFixed(3));
  return [
    `\n${'Metric Name'.padEnd(width)}   Value`,
    ...rows.map(([name, value]) => `${name.padEnd(width)} : ${shown(value)}`),
  ];
}

function nameOf({ group, name, tags }: Metric): string {
  const list = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  return `${group}:${name}:{${list.join(', ')}}`;
}
