// DescribeConfigs v1-4
//
// Behavior: the configs of topics, of this broker or all brokers, of groups and of client-metrics subscriptions, with
// their sources and synonyms. Values of passwords are never told. Loggers have levels (src/broker/loggers.ts).
//
// Version notes: v1 synonyms and sources (KIP-226); v3 types and documentation (KIP-569); v4 is flexible.

import { topicNameError } from '../../common/topic-name.ts';
import {
  brokerDocumentation,
  clientMetricsDocumentation,
  groupDocumentation,
  topicDocumentation,
} from '../../config/documentation.ts';
import { ConfigResourceType } from '../../metadata/image/configs-image.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import { DESCRIBE_CONFIGS } from '../../protocol/generated/apis/describe-configs.ts';
import type {
  DescribeConfigsRequest,
  DescribeConfigsResource,
} from '../../protocol/generated/apis/describe-configs-request.ts';
import type {
  DescribeConfigsResourceResult,
  DescribeConfigsResult,
} from '../../protocol/generated/apis/describe-configs-response.ts';
import type { Draft } from '../../protocol/message.ts';
import { ConfigDescriber } from '../describe-configs.ts';
import { handler } from '../handler.ts';
import type { BrokerServices } from '../services.ts';

const { TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP } = ConfigResourceType;

/** DescribeConfigsResponse.ConfigSource. */
const DYNAMIC_BROKER_LOGGER_CONFIG = 6;

const DESCRIBABLE: readonly number[] = [TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP];

type Entry = Draft<DescribeConfigsResourceResult>;

export const describeConfigs = handler(DESCRIBE_CONFIGS, {
  minVersion: 1,
  maxVersion: 4,
  roles: ['broker', 'controller'],
  handle(request, { services }) {
    // One resource of an unknown type fails the request as a whole (ConfigHelper).
    if (!request.resources.every(({ resourceType }) => DESCRIBABLE.includes(resourceType))) {
      throw new ApiError(Errors.INVALID_REQUEST);
    }
    const describer = new ConfigDescriber(services.config, services.metadata.image);
    return {
      results: request.resources.map((resource) =>
        describe(resource, request, describer, services),
      ),
    };
  },
  failed: (request, code, message) => ({
    results: request.resources.map(({ resourceType, resourceName }) => ({
      errorCode: code,
      errorMessage: message,
      resourceType,
      resourceName,
    })),
  }),
});

function describe(
  resource: DescribeConfigsResource,
  { includeSynonyms, includeDocumentation }: DescribeConfigsRequest,
  describer: ConfigDescriber,
  services: BrokerServices,
): Draft<DescribeConfigsResult> {
  const { resourceType, resourceName, configurationKeys } = resource;
  try {
    const wanted =
      configurationKeys === null || configurationKeys.length === 0
        ? undefined
        : new Set(configurationKeys);
    const entries = entriesOf(resource, describer, services).filter(
      ({ name }) => wanted === undefined || wanted.has(name ?? ''),
    );
    const configs = entries.map((each) => ({
      ...each,
      documentation:
        includeDocumentation || resourceType === BROKER_LOGGER
          ? documentationOf(resourceType, each.name ?? '')
          : null,
      ...(includeSynonyms ? {} : { synonyms: [] }),
    }));
    return { resourceType, resourceName, configs };
  } catch (error) {
    const known = error instanceof ApiError ? error : new ApiError(Errors.UNKNOWN_SERVER_ERROR);
    if (known !== error) services.log(`describing configs failed: ${(error as Error).stack}`);
    // Kafka leaves the text empty for a topic that isn't there.
    const isBare = known.code === Errors.UNKNOWN_TOPIC_OR_PARTITION;
    return {
      errorCode: known.code,
      errorMessage: isBare ? '' : known.message,
      resourceType,
      resourceName,
    };
  }
}

function entriesOf(
  { resourceType, resourceName: name }: DescribeConfigsResource,
  describer: ConfigDescriber,
  services: BrokerServices,
): Entry[] {
  switch (resourceType) {
    case TOPIC: {
      const nameError = topicNameError(name);
      if (nameError !== undefined) refuse(Errors.INVALID_TOPIC_EXCEPTION, nameError);
      if (services.metadata.topic(name) === undefined) refuse(Errors.UNKNOWN_TOPIC_OR_PARTITION);
      return describer.topic(name);
    }
    case BROKER:
      if (name === '') return describer.brokerDefaults();
      checkBroker(name, services.nodeId, ' or empty string,');
      return describer.broker();
    case BROKER_LOGGER:
      if (name === '') refuse(Errors.INVALID_REQUEST, 'Broker id must not be empty');
      checkBroker(name, services.nodeId, '');
      return services.loggers.all().map((logger) => ({
        name: logger.name,
        value: logger.level,
        configSource: DYNAMIC_BROKER_LOGGER_CONFIG,
      }));
    case CLIENT_METRICS:
      if (name === '') {
        refuse(Errors.INVALID_REQUEST, 'Client metrics subscription name must not be empty');
      }
      return describer.clientMetrics(name);
    case GROUP:
      if (name === '') refuse(Errors.INVALID_REQUEST, 'Group name must not be empty');
      return describer.group(name);
    default:
      return refuse(Errors.INVALID_REQUEST);
  }
}

function documentationOf(resourceType: number, name: string): string | null {
  switch (resourceType) {
    case TOPIC:
      return topicDocumentation(name);
    case BROKER:
      return brokerDocumentation(name);
    case CLIENT_METRICS:
      return clientMetricsDocumentation(name);
    case GROUP:
      return groupDocumentation(name);
    case BROKER_LOGGER:
      // Kafka leaves the field as it is by default, asked for or not.
      return '';
    default:
      return null;
  }
}

function checkBroker(name: string, nodeId: number, or: string): void {
  if (!/^[+-]?\d+$/.test(name)) {
    refuse(Errors.INVALID_REQUEST, `Broker id must be an integer, but it is: ${name}`);
  }
  if (Number(name) === nodeId) return;
  refuse(
    Errors.INVALID_REQUEST,
    `Unexpected broker id, expected ${nodeId}${or} but received ${name}`,
  );
}

function refuse(code: number, message?: string): never {
  throw new ApiError(code, message);
}
