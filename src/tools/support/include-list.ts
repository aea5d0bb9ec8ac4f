// Which topics a regular expression selects (org.apache.kafka.tools.filter.TopicFilter.IncludeList):
// Java's syntax, commas as alternatives, blanks and surrounding quotes dropped.

import { compileJavaRegex, type JavaPattern, PatternSyntaxError } from '../../common/java-regex.ts';
import { isInternalTopic } from '../../common/topic-name.ts';
import { ToolError } from './java-error.ts';

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
      if (error instanceof PatternSyntaxError) {
        throw new ToolError(`${regex} is an invalid regex.`, 'java.lang.RuntimeException');
      }
      throw error;
    }
  }

  allows(topic: string, excludeInternalTopics: boolean): boolean {
    return this.#pattern.matches(topic) && !(excludeInternalTopics && isInternalTopic(topic));
  }
}
