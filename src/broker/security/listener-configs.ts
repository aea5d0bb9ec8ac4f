// A listener's view of the broker's configs: its own, listener.name.NAME.CONFIG, go before the broker's.

import type { BrokerConfig } from '../../config/server-properties.ts';
import type { SslValues } from '../../security/tls-config.ts';

export class ListenerConfigs implements SslValues {
  /** Upper case. */
  readonly name: string;
  readonly #config: BrokerConfig;

  constructor(config: BrokerConfig, name: string) {
    this.#config = config;
    this.name = name;
  }

  list(key: string): readonly string[] {
    const own = this.own(key);
    if (own === undefined) return this.#config.list(key);
    return own
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  }

  string(key: string): string {
    return this.stringOrNull(key) ?? '';
  }

  stringOrNull(key: string): string | null {
    return this.own(key) ?? this.#config.text(key);
  }

  /** The broker's own: a listener can't have another. */
  number(key: string): number {
    return this.#config.number(key);
  }

  /** As written for this listener or, failing that, for all. */
  given(key: string): string | undefined {
    return this.own(key) ?? this.#config.originals.get(key);
  }

  /** As written for a SASL mechanism of this listener: listener.name.NAME.MECHANISM.CONFIG. */
  ofMechanism(mechanism: string, key: string): string | undefined {
    return this.own(`${mechanism.toLowerCase()}.${key}`);
  }

  /** As written for this listener alone. */
  own(key: string): string | undefined {
    return this.#config.originals.get(this.key(key));
  }

  key(key: string): string {
    return `listener.name.${this.name.toLowerCase()}.${key}`;
  }
}
