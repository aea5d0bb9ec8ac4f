// Which topics a regular expression selects (org.apache.kafka.tools.filter.TopicFilter.IncludeList):
// Java's syntax, commas as alternatives, blanks and surrounding quotes dropped.

import { compileJavaRegex, type JavaPattern, PatternSyntaxError } from '../../common/java-regex.ts';
import { isInternalTopic } from '../../common/topic-name.ts';

export class IncludeList {
  readonly #pattern: JavaPattern;

  /** Throws an Error with Kafka's words for a pattern that doesn't compile. */
  constructor(raw: string) {
    const regex = raw
      .trim()
      .replaceAll(',', '|')
      .replaceAll(' ', '')
      .replace(/^["']+/, '')
      .replace(/["']+$/, '');
    try {
      this.#pattern = compileJavaRegex(regex);
    } catch (error) {
      if (error instanceof PatternSyntaxError) throw new Error(`${regex} is an invalid regex.`);
      throw error;
    }
  }

  allows(topic: string, excludeInternalTopics: boolean): boolean {
    return this.#pattern.matches(topic) && !(excludeInternalTopics && isInternalTopic(topic));
  }
}
