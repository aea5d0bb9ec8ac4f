// The types of groups as Kafka's tools write them (org.apache.kafka.common.GroupType).

/** 'classic' in any case → 'Classic'; '' from brokers that don't tell. */
export function groupTypeName(type: string): string {
  return type === '' ? '' : type[0]!.toUpperCase() + type.slice(1).toLowerCase();
}
